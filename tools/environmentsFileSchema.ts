import { z } from "zod";
import { environmentsFile } from "../automation/environmentsSchema";

/** The JSON Schema of environments.yaml, for editors. */
export function environmentsFileSchema(): Readonly<Record<string, unknown>> {
  return {
    title: "Environments of eks-pod-network",
    // The newest draft that every editor knows.
    ...z.toJSONSchema(environmentsFile, { io: "input", target: "draft-7" }),
  };
}
