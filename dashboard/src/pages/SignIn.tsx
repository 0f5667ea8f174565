import { Alert, Button, Card, Center, Code, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useState, type FormEvent } from "react";
import { signIn, whySignedOut } from "../session";
import { sentence } from "../words";

export function SignIn() {
  useDocumentTitle("Sign in · Vedette");
  const [token, setToken] = useState("");
  const why = whySignedOut();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() !== "") signIn(token.trim());
  };
  return (
    <Center mih="100vh" p="md">
      <Card withBorder w={440} p="xl" shadow="sm">
        <form onSubmit={submit}>
          <Stack>
            <img src="/vedette.svg" alt="" width={44} height={44} />
            <Title order={2}>Sign in to Vedette</Title>
            {why !== null && <Alert color="red" role="alert" p="sm">{sentence(why)}</Alert>}
            <PasswordInput label="Token" placeholder="vdt_…" value={token} onChange={(event) => setToken(event.currentTarget.value)} data-autofocus autoFocus />
            <Button type="submit">Sign in</Button>
            <Text size="sm" c="dimmed">
              The first start of the server prints a sign-in link; its token is also in <Code>admin-token</Code> in the
              data directory. <Code>vedette token create --name me --scope read</Code> makes another.
            </Text>
          </Stack>
        </form>
      </Card>
    </Center>
  );
}
