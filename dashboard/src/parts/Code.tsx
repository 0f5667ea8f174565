import { Box, Button, Code as Block } from "@mantine/core";
import { useCopy } from "../clipboard";

/** Code to paste. */
export function Code({ code }: { code: string }) {
  const { copied, copy } = useCopy(code);
  return (
    <Box pos="relative">
      <Block block p="md" pt={42} fz={13} className="code">{code}</Block>
      <Box pos="absolute" top={8} right={8}>
        <Button size="compact-xs" variant={copied ? "filled" : "default"} onClick={copy} aria-live="polite">{copied ? "Copied" : "Copy"}</Button>
      </Box>
    </Box>
  );
}
