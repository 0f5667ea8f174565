import { Alert, Anchor } from "@mantine/core";
import { RequestFailed } from "../api/client";
import { isAway, useServerAway } from "../api/reachable";
import { signOut } from "../session";
import { sentence } from "../words";

/** What went wrong and what can be done; nothing while all is well, or while `ServerAway` tells it. */
export function Trouble({ error }: { error: Error | null }) {
  if (error === null || isAway(error)) return null;
  const status = error instanceof RequestFailed ? error.status : 0;
  return (
    <Alert role="alert" color="red" title={status === 404 ? "Not found" : status === 403 ? "Not allowed with this token" : "That did not work"}>
      {sentence(error.message)}
      {status === 403 && <>. <Anchor component="button" type="button" onClick={() => signOut()}>Sign in with another token</Anchor></>}
    </Alert>
  );
}

/** One banner for the whole page while the server does not answer. */
export function ServerAway() {
  if (!useServerAway()) return null;
  return (
    <Alert role="status" className="away" color="yellow" title="The server does not answer">
      This page tries again by itself every few seconds. What it shows may be old. If it lasts, see whether{" "}
      <code>vedette up</code> still runs.
    </Alert>
  );
}
