import { quotedForSh } from "../../planning/shellWord";
import { checkedOutside } from "../../automation/connect";
import { init as propose } from "../../automation/init/init";
import { clusterAccessFlags, podCidrFlag } from "../clusterFlags";
import { command, type Answer } from "../command";
import { environmentFlags } from "../environmentCommand";
import { required, text } from "../flag";
import { withOutside } from "../outsideFailure";

/** `podnet init` */
export const init = command({
  flags: {
    cluster: required(text("<name>", "the EKS cluster")),
    region: required(text("<region>", "its Region")),
    name: text("<name>", "the name of the environment and of its stack; the cluster's by default"),
    ...clusterAccessFlags,
    podCidr: podCidrFlag("by default one that the VPC may have"),
    ...environmentFlags,
  },
  help: `Examples:
  podnet init --cluster shop-dev --region us-west-2 --name dev
  podnet init --cluster shop-prod --region us-west-2 --name prod --profile shop-prod --kube-context shop-prod

Looks at a cluster and proposes an environment: an entry of the file of environments, and Pulumi.NAME.yaml with a range that
the VPC may have and new workers in the place of each group of nodes. In a folder without Pulumi.yaml, the project is
written as well. Changes nothing in AWS nor in the cluster, and overwrites nothing: what is in the way is told at once,
before anything is written. Read what it wrote; it is yours.`,

  async run(_args, flags, io): Promise<Answer> {
    const { cluster = "", region = "", name = cluster, podCidr: podCidrs, workDir = ".", ...given } = flags;
    return withOutside(`Looking at ${cluster}`, async () => {
      const { profile, kubeconfig, kubeContext } = given;
      const where = { name, region, profile, kubeconfig, kubeContext };
      const { environment, files, notes } = await propose(
        { ...where, clusterName: cluster, podCidrs, workDir, file: given.file },
        () => checkedOutside({ ...where, stack: name, rotation: {} }, io.signal),
      );
      const places = [
        ...(given.file === undefined ? [] : [`--file ${quotedForSh(given.file)}`]),
        ...(workDir === "." ? [] : [`--work-dir ${quotedForSh(workDir)}`]),
      ].map((flag) => ` ${flag}`);
      const next = [`podnet preflight ${name}`, `podnet preview ${name}`].map(
        (line) => line + places.join(""),
      );
      return {
        json: { environment, files, notes, next },
        text: [
          files.map(({ path, isNew }) => `${isNew ? "wrote" : "added to"}  ${path}`).join("\n"),
          ...(notes.length === 0 ? [] : [notes.map((note) => `note: ${note}`).join("\n")]),
          `Read what it says, then:\n${next.map((line) => `  ${line}`).join("\n")}`,
        ].join("\n\n"),
      };
    });
  },
});
