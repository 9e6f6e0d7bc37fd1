import { CONFIG_PREFIX_SEPARATOR, loadConfig } from "@smithy/core/config";

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
    (await isIgnored(profile)) ? undefined : endpointUrl(serviceId, profile);
  return client;
}

function isIgnored(profile: string): Promise<boolean> {
  return loadConfig<boolean>(
    {
      environmentVariableSelector: (env) => isYes(env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS),
      configFileSelector: (values) => isYes(values.ignore_configured_endpoint_urls),
      default: false,
    },
    { profile },
  )();
}

function endpointUrl(serviceId: string, profile: string): Promise<string | undefined> {
  const words = serviceId.split(" ").join("_");
  return loadConfig<string | undefined>(
    {
      environmentVariableSelector: (env) =>
        given(env[`AWS_ENDPOINT_URL_${words.toUpperCase()}`]) ?? given(env.AWS_ENDPOINT_URL),
      configFileSelector: (values, file) => {
        const services = file?.[["services", values.services].join(CONFIG_PREFIX_SEPARATOR)];
        const ofService = [words.toLowerCase(), "endpoint_url"].join(CONFIG_PREFIX_SEPARATOR);
        return given(services?.[ofService]) ?? given(values.endpoint_url);
      },
      default: undefined,
    },
    { profile },
  )();
}

function isYes(value: string | undefined): boolean | undefined {
  return value === undefined ? undefined : value.toLowerCase() === "true";
}

function given(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
