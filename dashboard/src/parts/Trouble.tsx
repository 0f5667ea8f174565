import { Alert } from "@mantine/core";
import { RequestFailed, UNREACHABLE } from "../api/client";

/** What went wrong and what happens next; nothing while all is well. */
export function Trouble({ error }: { error: Error | null }) {
  if (error === null) return null;
  const away = error instanceof RequestFailed && error.status === UNREACHABLE;
  return (
    <Alert role="alert" mb="md" color={away ? "yellow" : "red"} title={away ? "The server is away" : "That did not work"}>
      {away ? "It does not answer. This page tries again by itself; what is shown may be old." : error.message}
    </Alert>
  );
}
