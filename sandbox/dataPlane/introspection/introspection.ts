import { isSince } from "../ipamd/cniVersion";
import { enisDocument, podsDocument } from "./enisDocument";
import type { IpamdReport } from "./ipamdReport";
import { ipamdSettingsDocument, networkSettingsDocument } from "./settingsDocuments";

/** Where ipamd serves its introspection: on the loopback address of its node alone. */
export const INTROSPECTION_PORT = 61679;

/** The documents of a release, by path. */
function documentsOf(report: IpamdReport): Readonly<Record<string, () => unknown>> {
  return {
    "/v1/enis": () => enisDocument(report),
    "/v1/eni-configs": () => report.eniConfigName,
    ...(isSince(report.version, [1, 7, 0]) ? {} : { "/v1/pods": () => podsDocument(report) }),
    "/v1/networkutils-env-settings": () => networkSettingsDocument(report),
    "/v1/ipamd-env-settings": () => ipamdSettingsDocument(report),
  };
}

/**
 * What ipamd answers on a path. There is no path that it does not know: it lists those that mean something.
 *
 * Source: aws/amazon-vpc-cni-k8s, pkg/ipamd/introspect.go.
 *
 * @param path without a query.
 */
export function introspect(path: string, report: IpamdReport): unknown {
  const documents = documentsOf(report);
  const document = Object.hasOwn(documents, path) ? documents[path] : undefined;
  return document === undefined ? { AvailableCommands: Object.keys(documents) } : document();
}
