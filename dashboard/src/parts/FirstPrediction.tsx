import { Card, Loader, Group, Tabs, Text, Title } from "@mantine/core";
import type { Deployment } from "../api/client";
import { useMe } from "../api/queries";
import { readToken } from "../session";
import { firstPredictionSnippets } from "../snippets";
import { Code } from "./Code";

/** What to paste where nothing has arrived yet, with the reader's own host and token. */
export function FirstPrediction({ deployment }: { deployment: Deployment }) {
  const me = useMe();
  const snippets = firstPredictionSnippets(deployment, location.origin, readToken() ?? "", me.data?.organization.name ?? "default");
  return (
    <Card withBorder p="xl" maw={980} mx="auto" mt="xl" data-testid="first-prediction-code">
      <Title order={3}>Send the first prediction</Title>
      <Text c="dimmed" mt={4} mb="md">One call after each inference. This is your own token: keep it to yourself.</Text>
      <Tabs defaultValue={snippets[0]?.name ?? ""} keepMounted={false}>
        <Tabs.List mb="sm">
          {snippets.map((snippet) => <Tabs.Tab key={snippet.name} value={snippet.name}>{snippet.name}</Tabs.Tab>)}
        </Tabs.List>
        {snippets.map((snippet) => (
          <Tabs.Panel key={snippet.name} value={snippet.name}><Code code={snippet.code} /></Tabs.Panel>
        ))}
      </Tabs>
      <Group mt="md" gap="xs"><Loader size="xs" type="dots" /><Text size="sm" c="dimmed">Waiting for it. This page turns live by itself.</Text></Group>
    </Card>
  );
}
