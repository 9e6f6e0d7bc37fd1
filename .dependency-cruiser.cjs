// Who may import whom. The rules are the ones of the architecture: decisions (planning) know nothing of the
// outside world, and the sandbox takes none of our formulas, so that a mistake in one shows in the other.
const ours = "^(planning|components|stacks|automation|cli|sandbox|tools|tests|bench)/";
const only = (folder, allowed) => ({
  name: `${folder}-imports`,
  comment: `${folder}/ may import of ours only: ${[folder, ...allowed].join(", ")}`,
  severity: "error",
  from: { path: `^${folder}/` },
  to: { path: ours, pathNot: `^(${[folder, ...allowed].join("|")})/` },
});

module.exports = {
  forbidden: [
    only("planning", []),
    only("components", ["planning"]),
    only("stacks", ["planning", "components"]),
    only("automation", ["planning"]),
    only("sandbox", []),
    only("cli", ["planning", "components", "stacks", "automation", "sandbox"]),
    {
      name: "planning-is-pure",
      comment: "planning/ loads no Pulumi, no AWS and no Kubernetes client",
      severity: "error",
      from: { path: "^planning/" },
      to: { path: "node_modules/(@pulumi|@aws-sdk|@smithy|@kubernetes)/" },
    },
    {
      name: "planning-needs-no-node",
      comment: "planning/ uses nothing of Node's own: no files, no network, no clock, no chance",
      severity: "error",
      from: { path: "^planning/" },
      to: { dependencyTypes: ["core"] },
    },
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-dev-dependencies-in-what-is-shipped",
      comment:
        "stacks/newCluster runs from a checkout; whoever installs the package needs no plugin of @pulumi/eks",
      severity: "error",
      from: {
        path: "^(planning|components|stacks|automation|cli|sandbox)/",
        pathNot: "^stacks/newCluster/",
      },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "resolvable",
      comment: "our own package is found by its name when it is built, as users find it",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^eks-pod-network(/(package.json|planning|automation))?$" },
    },
    {
      name: "no-orphans",
      severity: "error",
      from: { orphan: true, pathNot: "\\.spec\\.ts$|^tests/support/.*\\.cjs$" },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    // Packages that are ES modules name no file for require, and are found as Node finds them.
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["require", "import", "default"] },
  },
};
