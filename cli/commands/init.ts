import { init as propose } from "../../automation/init/init";
import { readCidr } from "../../planning/cidrBlock";
import { shown } from "../../planning/problem";
import { clusterOutside, withCluster } from "../clusterOutside";
import { command, type Answer } from "../command";
import { environmentFlags } from "../environmentCommand";
import { items, refuse, required, text } from "../flag";

/** `podnet init` */
export const init = command({
  flags: {
    cluster: required(text("<name>", "the EKS cluster")),
    region: required(text("<region>", "its Region")),
    name: text("<name>", "the name of the environment and of its stack; the cluster's by default"),
    profile: text("<name>", "an AWS profile; the ambient credentials by default"),
    kubeconfig: text("<path>", "a kubeconfig; KUBECONFIG by default"),
    kubeContext: text("<name>", "a context of it; the current one by default"),
    podCidr: items("<cidr...>", "blocks for pods; by default one that the VPC may have", (given) =>
      readCidr(given).kind === "block"
        ? { value: given }
        : refuse(`${shown(given)} is not an IPv4 block.`, "Write it as 100.64.0.0/16."),
    ),
    ...environmentFlags,
  },
  help: `Examples:
  podnet init --cluster shop-dev --region us-west-2 --name dev
  podnet init --cluster shop-prod --region us-west-2 --name prod --profile shop-prod --kube-context shop-prod

Looks at a cluster and proposes an environment: an entry of the file of environments, and Pulumi.NAME.yaml with a range that
the VPC may have and new workers in the place of each group of nodes. In a folder without Pulumi.yaml, the project is
written as well. Changes nothing in AWS nor in the cluster, and overwrites nothing. Read what it wrote; it is yours.`,

  async run(_args, flags, io): Promise<Answer> {
    const { cluster = "", region = "", name = cluster, podCidr: podCidrs, workDir = ".", ...given } = flags;
    return withCluster(`Looking at ${cluster}`, async () => {
      const { profile, kubeconfig, kubeContext } = given;
      const where = { name, region, profile, kubeconfig, kubeContext };
      const { environment, files, notes } = await propose(
        { ...where, clusterName: cluster, podCidrs, workDir, file: given.file },
        clusterOutside({ ...where, stack: name, rotation: {} }, io.signal),
      );
      const places = [
        ...(given.file === undefined ? [] : [`--file ${given.file}`]),
        ...(workDir === "." ? [] : [`--work-dir ${workDir}`]),
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
