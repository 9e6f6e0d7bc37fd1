import type { Exchange } from "./wire";

/** What the API server asks its authorizers about a request. */
export interface RequestAttributes {
  readonly verb: string;
  /** None for the core API. */
  readonly group: string;
  /** With its subresource: `pods/eviction`. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}

/**
 * The attributes of a request for a resource; none of one for something else, such as /version or what there is in an API.
 *
 * https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb
 */
export function attributesOf({ method, url }: Exchange): RequestAttributes | undefined {
  const { pathname, searchParams } = new URL(url, "https://cluster");
  const path =
    /^\/(?:api\/v1|apis\/([^/]+)\/[^/]+)(?:\/namespaces\/([^/]+)(?=\/[a-z]))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?/;
  const [, group = "", namespace, plural, name, subresource] = path.exec(pathname) ?? [];
  if (plural === undefined) return undefined;
  return {
    verb: verbOf(method, name !== undefined, /^(true|1)$/.test(searchParams.get("watch") ?? "")),
    group,
    resource: subresource === undefined ? plural : `${plural}/${subresource}`,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
  };
}

function verbOf(method: string, isOfOne: boolean, isWatch: boolean): string {
  switch (method) {
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return isOfOne ? "delete" : "deletecollection";
    default:
      return isOfOne ? "get" : isWatch ? "watch" : "list";
  }
}
