import { Badge, Card, Group, SimpleGrid, Skeleton, Stack, Text, Title } from "@mantine/core";
import { Link } from "wouter";
import type { Deployment } from "../api/client";
import { useDeployments, useNewest } from "../api/queries";
import { labelColours } from "../colours";
import { Ago } from "../parts/Ago";
import { Code } from "../parts/Code";
import { Picture } from "../parts/Picture";
import { Trouble } from "../parts/Trouble";
import { readToken } from "../session";
import { createDeploymentSnippet } from "../snippets";
import { count, milliseconds, plural } from "../words";

export function Deployments() {
  const { data, error } = useDeployments();
  return (
    <Stack gap="lg">
      <Title order={2}>Deployments</Title>
      <Trouble error={error} />
      {data === undefined && error === null && <Skeletons />}
      {data?.items.length === 0 && <NoDeployment />}
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
        {data?.items.map((deployment) => <DeploymentCard key={deployment.id} deployment={deployment} />)}
      </SimpleGrid>
    </Stack>
  );
}

function DeploymentCard({ deployment }: { deployment: Deployment }) {
  return (
    <Card component={Link} href={`/deployments/${encodeURIComponent(deployment.name)}`} className="card" withBorder p="lg" data-testid="deployment-card">
      <Group justify="space-between" wrap="nowrap" mb="xs">
        <Title order={3} lineClamp={1}>{deployment.name}</Title>
        <Badge variant="light" color="gray">{deployment.type.toLowerCase().replaceAll("_", " ")}</Badge>
      </Group>
      <Group gap="xs" mb="md">
        {deployment.champion !== null && <Badge variant="filled" tt="none">champion {deployment.champion.name}</Badge>}
        {deployment.shadow !== null && <Badge variant="outline" tt="none">shadow {deployment.shadow.name}</Badge>}
        {deployment.flagged_count > 0 && <Badge color="yellow" variant="light" tt="none">{count(deployment.flagged_count)} flagged</Badge>}
        {deployment.refusal_count > 0 && <Badge color="red" variant="light" tt="none">{count(deployment.refusal_count)} refused</Badge>}
        {deployment.replay_count > 0 && <Badge color="gray" variant="light" tt="none">{count(deployment.replay_count)} sent twice</Badge>}
      </Group>
      <Group gap={40} mb="md">
        <Figure name="predictions" value={count(deployment.prediction_count)} />
        <Figure name="mean latency" value={milliseconds(deployment.mean_latency_seconds)} />
        <Figure name="last arrived" value={deployment.last_received_at === null ? "never" : <Ago moment={deployment.last_received_at} />} />
        <Figure name="sources" value={count(deployment.sources.length)} />
      </Group>
      <Strip deployment={deployment} />
    </Card>
  );
}

function Figure({ name, value }: { name: string; value: React.ReactNode }) {
  return (
    <div>
      <Text fw={650} fz={22} lh={1.2}>{value}</Text>
      <Text size="xs" c="dimmed">{name}</Text>
    </div>
  );
}

const NO_FILTER = { source: null, tag: null, flag: null };
const STRIP = 6;

function Strip({ deployment }: { deployment: Deployment }) {
  const { data } = useNewest(deployment.name, NO_FILTER, STRIP);
  const colourOf = labelColours(deployment);
  if (deployment.prediction_count === 0) {
    return <Text c="dimmed" size="sm">Nothing has arrived yet. Open it to see how to send the first prediction.</Text>;
  }
  return (
    <div className="strip">
      {data === undefined
        ? Array.from({ length: STRIP }, (_, n) => <Skeleton key={n} style={{ aspectRatio: "4 / 3" }} />)
        : data.items.map((item) => <Picture key={item.id} item={item} shown="champion" colourOf={colourOf} aspect={4 / 3} />)}
    </div>
  );
}

function Skeletons() {
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
      <Skeleton height={270} />
      <Skeleton height={270} />
    </SimpleGrid>
  );
}

function NoDeployment() {
  return (
    <Card withBorder p="xl" maw={820}>
      <Title order={3}>Watch a first model</Title>
      <Text c="dimmed" mt={4} mb="md">A deployment is a model being watched. {plural(3, "line")} of Python make one; this page shows it when it is there.</Text>
      <Code code={createDeploymentSnippet(location.origin, readToken() ?? "")} />
    </Card>
  );
}
