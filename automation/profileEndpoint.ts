import { CONFIG_PREFIX_SEPARATOR, loadConfig } from "@smithy/core/config";
import { shown } from "../planning/problem";

/** A client of AWS, as far as where it asks goes. */
interface Addressed {
  readonly config: {
    /** Such as `Auto Scaling`. */
    readonly serviceId?: string;
    serviceConfiguredEndpoint?: () => Promise<string | undefined>;
  };
}

/**
 * Has a client ask where its profile says, by `endpoint_url`, unless the variables of this process say otherwise. The SDK
 * itself would look at the profile of AWS_PROFILE, whichever the client is of, and ask with the credentials of one profile
 * at the endpoint of another.
 *
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 *
 * @param profile that the client is of; without one the SDK's own way is right.
 */
export function atEndpointOf<Client extends Addressed>(profile: string | undefined, client: Client): Client {
  if (profile === undefined) return client;
  const { serviceId = "" } = client.config;
  client.config.serviceConfiguredEndpoint = async () =>
    (await isIgnored(profile)) ? undefined : (await configuredEndpoint(serviceId, profile))?.url;
  return client;
}

/** An endpoint is said that is no URL. */
export class InvalidEndpointError extends Error {
  override readonly name = "InvalidEndpointError";
  readonly fix =
    "Give a whole URL, such as http://127.0.0.1:4566, or take it away: AWS itself is asked then.";
  /** It is said so here, and nothing outside failed. */
  readonly isOfSettings = true;

  constructor({ by, url }: ConfiguredEndpoint) {
    super(`${by} is ${shown(url)}, which is no URL of http or https`);
  }
}

/**
 * Makes sure that clients are told of endpoints that can be asked: the SDK would fail in the middle of a request, and not
 * say whose value it is.
 *
 * @param profile that the clients are of. @default AWS_PROFILE, as the SDK has it
 * @throws InvalidEndpointError
 */
export async function checkEndpoints(
  profile: string | undefined,
  clients: readonly Addressed[],
): Promise<void> {
  if (await isIgnored(profile)) return;
  for (const { config } of clients) {
    const endpoint = await configuredEndpoint(config.serviceId ?? "", profile);
    if (endpoint === undefined) continue;
    if (!/^https?:/i.test(endpoint.url) || !URL.canParse(endpoint.url))
      throw new InvalidEndpointError(endpoint);
  }
}

function isIgnored(profile: string | undefined): Promise<boolean> {
  return loadConfig<boolean>(
    {
      environmentVariableSelector: (env) => isYes(env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS),
      configFileSelector: (values) => isYes(values.ignore_configured_endpoint_urls),
      default: false,
    },
    profile === undefined ? {} : { profile },
  )();
}

/** Where a service is asked. */
interface ConfiguredEndpoint {
  /** Who says so: `AWS_ENDPOINT_URL_EC2`. */
  readonly by: string;
  readonly url: string;
}

function configuredEndpoint(
  serviceId: string,
  profile: string | undefined,
): Promise<ConfiguredEndpoint | undefined> {
  const words = serviceId.split(" ").join("_");
  const ofProfile = `of AWS profile ${profile ?? process.env.AWS_PROFILE ?? "default"}`;
  return loadConfig<ConfiguredEndpoint | undefined>(
    {
      environmentVariableSelector: (env) => {
        const [own, all] = [`AWS_ENDPOINT_URL_${words.toUpperCase()}`, "AWS_ENDPOINT_URL"];
        return given(own, env[own]) ?? given(all, env[all]);
      },
      configFileSelector: (values, file) => {
        const services = file?.[["services", values.services].join(CONFIG_PREFIX_SEPARATOR)];
        const ofService = [words.toLowerCase(), "endpoint_url"].join(CONFIG_PREFIX_SEPARATOR);
        return (
          given(`endpoint_url ${ofProfile} for ${serviceId}`, services?.[ofService]) ??
          given(`endpoint_url ${ofProfile}`, values.endpoint_url)
        );
      },
      default: undefined,
    },
    profile === undefined ? {} : { profile },
  )();
}

function isYes(value: string | undefined): boolean | undefined {
  return value === undefined ? undefined : value.toLowerCase() === "true";
}

function given(by: string, url: string | undefined): ConfiguredEndpoint | undefined {
  return url === undefined || url === "" ? undefined : { by, url };
}
