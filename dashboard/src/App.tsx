import { ActionIcon, Anchor, AppShell, Button, Container, Group, Text, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { Link, Route, Switch } from "wouter";
import { deploymentIn } from "./addresses";
import { useMe } from "./api/queries";
import { DeploymentPage } from "./pages/DeploymentPage";
import { Deployments } from "./pages/Deployments";
import { PredictionPage } from "./pages/PredictionPage";
import { SignIn } from "./pages/SignIn";
import { Moon, Sun } from "./parts/icons";
import { ServerAway, Trouble } from "./parts/Trouble";
import { onSessionChange, readToken, signOut } from "./session";

export function App() {
  const token = useSyncExternalStore(onSessionChange, readToken);
  return token === null ? <SignIn /> : <SignedIn key={token} />;
}

function SignedIn() {
  const me = useMe();
  return (
    <AppShell header={{ height: 56 }} padding="lg">
      <AppShell.Header className="header">
        <Group h="100%" px="lg" justify="space-between">
          <Group gap="sm">
            <Link href="/" aria-label="Vedette, all deployments">
              <Group gap="xs">
                <img src="/vedette.svg" alt="" width={28} height={28} />
                <Text fw={700} size="lg">Vedette</Text>
              </Group>
            </Link>
            {me.data !== undefined && <Text size="sm" className="organization">{me.data.organization.name}</Text>}
          </Group>
          <Group gap="xs">
            <ColourScheme />
            <Button variant="subtle" color="gray.3" size="compact-sm" onClick={() => signOut()}>Sign out</Button>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Main>
        <Container size={1640} px={0}>
          <ServerAway />
          <Trouble error={me.error} />
          <Switch>
            <Route path="/"><Deployments /></Route>
            <Route path="/deployments/:deployment">{() => <DeploymentPage key={deploymentIn(location.pathname)} deployment={deploymentIn(location.pathname)} />}</Route>
            <Route path="/deployments/:deployment/predictions/:id">{(at) => <PredictionPage deployment={deploymentIn(location.pathname)} id={at.id} />}</Route>
            <Route>
              <Text mt="xl">There is nothing at this address. <Anchor component={Link} href="/">All deployments</Anchor></Text>
            </Route>
          </Switch>
        </Container>
      </AppShell.Main>
    </AppShell>
  );
}

function ColourScheme() {
  const scheme = useComputedColorScheme("light");
  const { setColorScheme } = useMantineColorScheme();
  const other = scheme === "light" ? "dark" : "light";
  return (
    <ActionIcon variant="subtle" color="gray.3" aria-label={`Switch to ${other} colours`} onClick={() => setColorScheme(other)}>
      {scheme === "light" ? <Moon /> : <Sun />}
    </ActionIcon>
  );
}
