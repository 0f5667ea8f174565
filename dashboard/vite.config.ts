import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../server/src/vedette_server/http/static",
    emptyOutDir: true,
    // The first browsers that know light-dark(); compiled away for older ones it would follow nothing.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // Everything is a file of ours: the page's policy forbids inline scripts.
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/v1": "http://127.0.0.1:8600" } },
});
