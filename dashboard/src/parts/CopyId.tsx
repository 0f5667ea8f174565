import { ActionIcon, Tooltip } from "@mantine/core";
import { useCopy } from "../clipboard";
import { Check, Copy } from "./icons";

/** An id with a button that copies it. */
export function CopyId({ id, name }: { id: string; name: string }) {
  const { copied, copy } = useCopy(id);
  return (
    <span className="copy-id">
      <code>{id}</code>
      <Tooltip label={copied ? "Copied" : "Copy"}>
        <ActionIcon size="sm" variant="subtle" color={copied ? "sea" : "gray"} aria-label={`Copy the ${name}`} onClick={copy}>
          {copied ? <Check /> : <Copy />}
        </ActionIcon>
      </Tooltip>
    </span>
  );
}
