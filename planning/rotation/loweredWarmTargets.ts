import { fromEnv, type Env } from "../awsNode/env";
import { ENV_TABLE } from "../awsNode/envTable";

/** What a lowered variable is set to: one free address. */
export const LOWERED = "1";

/**
 * The variables of aws-node that make nodes keep one free address and no more, as far as they don't yet: WARM_IP_TARGET,
 * which beats WARM_ENI_TARGET and WARM_PREFIX_TARGET, and MINIMUM_IP_TARGET where it is set.
 *
 * @param env of the container aws-node.
 */
export function loweredWarmTargets(env: Env): Env {
  const { warmIpTarget = 0, minimumIpTarget = 0 } = fromEnv(env).settings;
  return {
    ...(warmIpTarget !== 1 && { [ENV_TABLE.warmIpTarget.env]: LOWERED }),
    ...(minimumIpTarget > 1 && { [ENV_TABLE.minimumIpTarget.env]: LOWERED }),
  };
}
