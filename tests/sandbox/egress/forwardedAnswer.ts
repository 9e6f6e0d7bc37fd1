import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { PortForward, type KubeConfig } from "@kubernetes/client-node";

/**
 * Asks a port of a pod over the WebSocket by which @kubernetes/client-node forwards it.
 *
 * @returns the body of the HTTP answer, and what came on the channel for errors.
 */
export async function forwardedAnswer(
  kubeConfig: KubeConfig,
  target: { readonly namespace: string; readonly pod: string; readonly port: number; readonly path: string },
): Promise<{ readonly body: string; readonly error: string }> {
  const { namespace, pod, port, path } = target;
  const [output, errors, input] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const opened = await new PortForward(kubeConfig, false).portForward(
    namespace,
    pod,
    [port],
    output,
    errors,
    input,
  );
  const socket = typeof opened === "function" ? opened() : opened;
  if (socket === null) throw new Error("the WebSocket is closed");
  const end = () => {
    output.end();
    errors.end();
  };
  if (socket.readyState === socket.CLOSED) end();
  else socket.on("close", end);
  input.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  const [answer, error] = await Promise.all([text(output), text(errors)]);
  return { body: answer.slice(answer.indexOf("\r\n\r\n") + 4), error };
}
