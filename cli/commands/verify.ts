import type { EnvironmentVerification } from "../../automation/verify";
import { isObject } from "../../planning/isObject";
import { throwIfAny } from "../../planning/problem";
import { command, type Answer } from "../command";
import { environmentFlags, environmentOf, environmentPositional } from "../environmentCommand";
import { errorIn } from "../errorDocument";
import { choice, text, yes } from "../flag";
import { junitReport, type JunitSuite } from "../junitReport";
import { assertOneFormat } from "../oneFormat";
import { overEnvironments } from "../overEnvironments";
import { pulumiRootFlag } from "../pulumiCommand";
import { verificationChecks } from "../verificationChecks";
import { describeVerification } from "../verificationText";
import { told, withRunner } from "../withRunner";
import { terminalColumns } from "../wrapped";

const IMAGE_FOR_NOTHING = {
  path: "smokeImage",
  reason: "is the image of pods that are not tried.",
  fix: "Give --smoke as well, or leave it out.",
};

const verifyOne = command({
  positional: environmentPositional,
  flags: {
    ...environmentFlags,
    pulumiRoot: pulumiRootFlag,
    smoke: yes("try ten new pods as well, for 5 minutes at most, in a namespace that is removed again"),
    smokeImage: text("<image>", "the image of these pods; nginx of public.ecr.aws by default"),
    deep: yes("ask ipamd of every node as well what it has, by port-forward to aws-node"),
    format: choice("how it is printed; text by default", ["text", "json", "junit"]),
  },
  help: `Examples:
  podnet verify prod
  podnet verify prod --smoke --deep
  podnet verify --all --format junit > verification.xml

Looks at every pod, every ENI and every node, by the very definition of old by which podnet rotate chooses nodes; at the
security groups of ENIs, the settings of aws-node and the ENIConfigs, which are to be as podnet up made them. Changes
nothing, but for the pods of --smoke. Exit code 0 when all is as it should be, 1 when anything is old or not so.`,

  async run([name = ""], { smoke, smokeImage, deep, ...flags }, io): Promise<Answer> {
    const { environment } = environmentOf(name, flags, io);
    if (smokeImage !== undefined && smoke !== true) throwIfAny([IMAGE_FOR_NOTHING]);
    const title = `Verifying ${name}`;
    const verification = await withRunner(title, flags, io, async (runner) => {
      const run = runner.verify(environment, { smoke, smokeImage, deep });
      // What only looks is done in a moment.
      return smoke === true || deep === true ? told(title, run, io) : run.result;
    });
    return {
      json: { environment: name, ...verification },
      text: describeVerification(name, verification, terminalColumns(), flags),
      isNo: !verification.isVerified,
    };
  },
});

const verifyMany = overEnvironments("verify", verifyOne);

/** `podnet verify ENVIRONMENT...` */
export const verify = command({
  ...verifyMany,
  async run(names, { format, ...flags }, io, asked): Promise<Answer> {
    assertOneFormat(format, asked);
    if (format !== "junit") return verifyMany.run(names, flags, io, asked);
    const answer = await verifyMany.run(names, flags, io, { asJson: true });
    return { ...answer, text: junitReport("podnet verify", suitesOf(answer.json)) };
  },
});

/** The document of one environment, or of several, as suites. */
function suitesOf(document: unknown): JunitSuite[] {
  const { environments, environment } = document as {
    readonly environment?: string;
    readonly environments?: readonly { readonly environment: string; readonly document?: unknown }[];
  };
  if (environments !== undefined) return environments.map((one) => suiteOf(one.environment, one.document));
  return [suiteOf(environment ?? "", document)];
}

function suiteOf(name: string, document: unknown): JunitSuite {
  if (isObject(document) && "isVerified" in document) {
    const verification = document as unknown as EnvironmentVerification;
    const { looking, smoke = 0, deep = 0 } = verification.tookMs;
    return { name, cases: verificationChecks(verification), tookMs: looking + smoke + deep };
  }
  return { name, cases: [], error: errorIn(document).message };
}
