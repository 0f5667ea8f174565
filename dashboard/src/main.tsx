import "@mantine/core/styles.css";
import "./page.css";
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RequestFailed } from "./api/client";
import { App } from "./App";
import { adoptTokenFromAddress, onSessionChange, watchAddress } from "./session";
import { theme } from "./theme";

adoptTokenFromAddress();
watchAddress();
// The pages know better than the browser where the reader was: their content arrives later.
history.scrollRestoration = "manual";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // A no is final; only a server that is away is asked again.
      retry: (failures, error) => failures < 2 && !(error instanceof RequestFailed && error.status >= 400 && error.status < 500),
      refetchOnWindowFocus: false,
    },
  },
});

// The next reader may belong elsewhere and must not see what this one saw.
onSessionChange(() => queries.clear());

const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <QueryClientProvider client={queries}>
          <App />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
