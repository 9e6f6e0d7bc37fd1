import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { stringify } from "yaml";
import { checkProfile, NoProfileError } from "../../automation/awsProfile";
import { InvalidFileError, readEnvironments } from "../../automation/environments";
import { kubeConfigOf, KubeConfigError } from "../../automation/kubeConfig";
import { kubernetesFinding } from "../../cli/doctor/surroundings";
import { checkPrototypes, hostileJson, hostileText, spoiltDocument } from "../support/hostile";
import { temporaryFolder } from "../support/temporaryFolder";

const SECRET = "hunter2Hunter2";

describe("files that somebody else wrote", () => {
  const folder = temporaryFolder();
  const write = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  after(() => {
    rmSync(folder, { recursive: true });
  });

  describe("of environments", () => {
    const document = {
      environments: [
        { name: "dev", region: "us-west-2" },
        { name: "prod", region: "us-west-2", after: ["dev"], rotation: { maxUnavailable: 1, surge: "10%" } },
      ],
    };

    it("are read, or refused with every problem in its place", () => {
      const text = fc.oneof(
        spoiltDocument(document).map((spoilt) => stringify(spoilt, { keepUndefined: false })),
        hostileJson().map((value) => JSON.stringify({ environments: value })),
        hostileText(40),
      );
      fc.assert(
        fc.property(text, (content) => {
          try {
            for (const { name, region } of readEnvironments("e.yaml", () => content)) {
              assert.ok(typeof name === "string" && typeof region === "string");
            }
          } catch (error) {
            assert.ok(error instanceof InvalidFileError, String(error));
            for (const { path, reason, fix } of error.problems) assert.ok(path && reason && fix);
          }
          checkPrototypes();
        }),
      );
    });
  });

  describe("that lead to a cluster", () => {
    const kubeconfig = {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "dev",
      contexts: [{ name: "dev", context: { cluster: "dev", user: "me" } }],
      clusters: [{ name: "dev", cluster: { server: "https://dev.example" } }],
      users: [{ name: "me", user: { token: SECRET, password: SECRET, "client-key-data": SECRET } }],
    };

    it("are read, or refused without a word of their keys and passwords", () => {
      const signs = fc.constantFrom(
        ..."* ! | > & @ % \" ' { [ } ] , : - ? \t \\ \n".split(" "),
        "\n  ",
        ": ",
      );
      const garbled = fc
        .array(fc.tuple(fc.nat(), signs), { minLength: 1, maxLength: 4 })
        .map((changes) =>
          changes.reduce((text, [place, sign]) => {
            const at = place % text.length;
            return text.slice(0, at) + sign + text.slice(at);
          }, stringify(kubeconfig)),
        )
        // Within the secret it would be another one.
        .filter((text) => text.split(SECRET).length === 4);
      const beside = fc
        .tuple(signs, signs)
        .map(([before, behind]) => stringify(kubeconfig).replaceAll(SECRET, `${before}${SECRET}${behind}`));
      fc.assert(
        fc.property(fc.oneof(garbled, beside), (text) => {
          const path = write("kubeconfig", text);
          try {
            kubeConfigOf({ kubeconfig: path });
          } catch (error) {
            assert.ok(error instanceof KubeConfigError, String(error));
            assert.ok(!`${error.message} ${error.fix}`.includes(SECRET), error.message);
          }
          const { found, fix = "" } = kubernetesFinding({ KUBECONFIG: path });
          assert.ok(!`${found} ${fix}`.includes(SECRET), found);
        }),
      );
    });

    it("keep user and password of a server's URL to themselves", () => {
      const clusters = [{ name: "dev", cluster: { server: `https://me:${SECRET}@dev.example` } }];
      const path = write("with-password", stringify({ ...kubeconfig, clusters }));
      const { found } = kubernetesFinding({ KUBECONFIG: path });
      assert.match(found, /https:\/\/\[secret\]@dev\.example/);
      assert.ok(!found.includes(SECRET));
    });
  });

  describe("of AWS profiles", () => {
    it("tell of names alone where the one that is asked for is not there, never of keys", async () => {
      const name = fc
        .oneof(hostileText(4), fc.constantFrom("__proto__", "shop-dev"))
        // With these names the SDK writes on what every object of JavaScript has.
        .filter((text) => !(text.trim() in {}) || text === "__proto__");
      const names = ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"] as const;
      const before = names.map((variable) => process.env[variable]);
      try {
        await fc.assert(
          fc.asyncProperty(fc.array(fc.tuple(name, hostileText(4)), { maxLength: 4 }), async (profiles) => {
            const sections = profiles.map(
              ([profile, odd]) => `[${profile}]\naws_secret_access_key = ${SECRET}\n${odd}\n`,
            );
            process.env.AWS_SHARED_CREDENTIALS_FILE = write("credentials", sections.join("\n"));
            process.env.AWS_CONFIG_FILE = write("config", "");
            await assert.rejects(checkProfile("nobody"), (error: Error) => {
              assert.ok(error instanceof NoProfileError, String(error));
              assert.ok(!`${error.message} ${error.fix}`.includes(SECRET));
              return true;
            });
            checkPrototypes();
          }),
          { numRuns: 50 },
        );
      } finally {
        names.forEach((variable, index) => {
          if (before[index] === undefined) Reflect.deleteProperty(process.env, variable);
          else process.env[variable] = before[index];
        });
      }
    });
  });
});
