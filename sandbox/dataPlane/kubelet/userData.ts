import type { InstanceLimits } from "../limitsOfInstanceType";
import { isAl2Bootstrap, readAl2Bootstrap } from "./al2Bootstrap";
import { isBottlerocket, readBottlerocketSettings } from "./bottlerocket";
import type { KubeletSettings } from "./kubeletSettings";
import { readNodeConfigs } from "./nodeConfig";
import { isWindowsBootstrap, readWindowsBootstrap } from "./windows";

/**
 * Reads user data as the operating system that it is for does: NodeConfigs of AL2023 in parts of a MIME document or
 * alone, a shell script of AL2 in the same ways, the settings of Bottlerocket, or the PowerShell script of Windows.
 *
 * Parts of other types, and shell scripts that start no kubelet, are passed over.
 *
 * @param userData decoded; empty for none.
 * @param limits of the instance's type, with which a maxPodsExpression is computed.
 * @throws Error for what would start a node and what this data plane can't read.
 */
export function readKubeletSettings(userData: string, limits: InstanceLimits): KubeletSettings {
  if (isBottlerocket(userData)) return readBottlerocketSettings(userData);
  if (isWindowsBootstrap(userData)) return readWindowsBootstrap(userData);
  const given = parts(userData);
  const al2 = given.filter(isScript).find(({ body }) => isAl2Bootstrap(body));
  if (al2 !== undefined) return readAl2Bootstrap(al2.body);
  return readNodeConfigs(nodeConfigs(given), limits);
}

interface Part {
  readonly contentType: string | undefined;
  readonly body: string;
}

function isScript({ contentType }: Part): boolean {
  return contentType === undefined || ["text/x-shellscript", "text/plain"].includes(contentType);
}

function nodeConfigs(given: readonly Part[]): string[] {
  return given.flatMap(({ contentType, body }) => {
    if (contentType === "application/node.eks.aws") return [body];
    if (contentType !== undefined && contentType !== "text/plain") return [];
    const text = body.trim();
    if (text === "" || /^#!/.test(text)) return [];
    if (/^kind:\s*NodeConfig\s*$/m.test(text)) return [text];
    throw new Error(
      "the sandbox's data plane reads a NodeConfig of AL2023, a bootstrap script of AL2 or of Windows, and settings of " +
        `Bottlerocket only, and not user data that begins with ${JSON.stringify(text.slice(0, 60))}`,
    );
  });
}

/** The parts of a MIME multipart document; any other text is one part of no type. */
function parts(userData: string): Part[] {
  const text = userData.replaceAll("\r\n", "\n");
  const boundary = /^content-type:\s*multipart\/mixed;[^]*?boundary="?([^"\n;]+)"?/im.exec(text)?.[1];
  if (boundary === undefined) return [{ contentType: undefined, body: text }];
  return text
    .split(`\n--${boundary}`)
    .slice(1)
    .filter((part) => !part.startsWith("--"))
    .map((part) => {
      const [head = "", ...rest] = part.replace(/^\n/, "").split("\n\n");
      const contentType = /^content-type:\s*([^;\s]+)/im.exec(head)?.[1]?.toLowerCase();
      const body = rest.join("\n\n");
      const isBase64 = /^content-transfer-encoding:\s*base64/im.test(head);
      return { contentType, body: isBase64 ? Buffer.from(body, "base64").toString() : body };
    });
}
