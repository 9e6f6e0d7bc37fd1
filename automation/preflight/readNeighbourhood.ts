import type { Neighbourhood } from "../../planning/preflight/picture";
import type { NotSeen } from "../../planning/preflight/finding";
import type { EnvironmentNetwork } from "../../planning/sharedRanges";
import { checkAccount } from "../account";
import { environmentAws, type AwsClients } from "../connect";
import { readEnvironmentNetwork, type NetworkOutside } from "../environmentNetwork";
import type { Environment } from "../environments";

/** Another environment that is to have some of the same addresses for pods. */
export interface NeighbourRequest {
  readonly environment: Environment;
  readonly clusterName: string;
  readonly podCidrs: readonly string[];
}

/** An environment among others. */
export interface NeighbourhoodRequest {
  readonly name: string;
  readonly clusterName: string;
  readonly podCidrs: readonly string[];
  readonly others: readonly NeighbourRequest[];
}

/** What others are looked at with. */
export interface NeighbourhoodOutside extends NetworkOutside {
  /** Clients of the AWS of another environment. @default as its entry says */
  readonly connectOther?: ((environment: Environment) => AwsClients) | undefined;
}

/** Nobody should wait long for an environment that was not asked about. */
const PATIENCE_MS = 15_000;

/**
 * Looks at the networks of an environment and of others, those with the credentials of their own entries. Nothing is
 * asked where no other is to have the same addresses; another that can't be seen, for whatever reason, is no failure.
 *
 * Needs what `readEnvironmentNetwork` needs, for each of them.
 */
export async function readNeighbourhood(
  { others, ...own }: NeighbourhoodRequest,
  outside: NeighbourhoodOutside,
): Promise<Neighbourhood | undefined> {
  if (others.length === 0) return undefined;
  const [ownNetwork, ...networks] = await Promise.all([
    readEnvironmentNetwork(own, outside),
    ...others.map((other) => readNeighbour(other, outside)),
  ]);
  return { own: ownNetwork, others: networks };
}

async function readNeighbour(
  { environment, ...rest }: NeighbourRequest,
  { signal, connectOther = environmentAws }: NeighbourhoodOutside,
): Promise<EnvironmentNetwork | NotSeen> {
  const { name } = environment;
  try {
    const own = {
      ...connectOther(environment),
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    };
    await checkAccount(environment, own);
    return await readEnvironmentNetwork({ name, ...rest }, own);
  } catch (error) {
    signal.throwIfAborted();
    return {
      notSeen: `environment ${name}, which is to have the same addresses for pods: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
