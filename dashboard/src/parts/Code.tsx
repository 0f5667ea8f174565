import { Box, Button, Code as Block, CopyButton } from "@mantine/core";

/** Code to paste. */
export function Code({ code }: { code: string }) {
  return (
    <Box pos="relative">
      <Block block p="md" pr={90} fz={13} style={{ whiteSpace: "pre", overflowX: "auto" }}>{code}</Block>
      <Box pos="absolute" top={8} right={8}>
        <CopyButton value={code}>
          {({ copied, copy }) => (
            <Button size="compact-xs" variant={copied ? "filled" : "default"} onClick={copy}>{copied ? "Copied" : "Copy"}</Button>
          )}
        </CopyButton>
      </Box>
    </Box>
  );
}
