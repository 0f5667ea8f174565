import { Badge, Card, Group, SimpleGrid, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useMemo } from "react";
import { Link } from "wouter";
import { deploymentAddress } from "../addresses";
import type { Deployment } from "../api/client";
import { useDeployments, useNewest } from "../api/queries";
import { labelColours } from "../colours";
import { Ago } from "../parts/Ago";
import { Code } from "../parts/Code";
import { Live } from "../parts/Live";
import { Picture } from "../parts/Picture";
import { Trouble } from "../parts/Trouble";
import { readToken } from "../session";
import { createDeploymentSnippet } from "../snippets";
import { count, duration, plain } from "../words";

export function Deployments() {
  const { data, error } = useDeployments();
  useDocumentTitle("Vedette");
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
    <Card component={Link} href={deploymentAddress(deployment.name)} className="card" withBorder p="lg" data-testid="deployment-card">
      <Group justify="space-between" wrap="nowrap" mb="xs">
        <Title order={3} lineClamp={1}>{deployment.name}</Title>
        <Text size="sm" c="dimmed" className="type">{plain(deployment.type.toLowerCase())}</Text>
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
        <Figure name="mean latency" value={duration(deployment.mean_latency_seconds)} />
        <Figure name="last arrived" value={deployment.last_received_at === null ? "never" : <><Live moment={deployment.last_received_at} /> <Ago moment={deployment.last_received_at} /></>} />
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
  const { champion } = deployment;
  const colourOf = useMemo(() => labelColours({ champion }), [champion]);
  if (deployment.prediction_count === 0) {
    return <div className="strip-empty">Nothing has arrived yet. Open it to see how to send the first prediction.</div>;
  }
  return (
    <div className="strip">
      {data === undefined
        ? Array.from({ length: STRIP }, (_, n) => <Skeleton key={n} style={{ aspectRatio: "4 / 3" }} />)
        : data.items.map((item) => <Picture key={item.id} item={item} shown="champion" colourOf={colourOf} aspect={4 / 3} tiny />)}
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
    <Card withBorder p="xl" maw={980} w="100%" mx="auto" mt="xl">
      <Title order={3}>Watch a first model</Title>
      <Text c="dimmed" mt={4} mb="md">A deployment is a model being watched. Three lines of Python make one; this page shows it as soon as it is there.</Text>
      <Code code={createDeploymentSnippet(location.origin, readToken() ?? "")} />
    </Card>
  );
}
