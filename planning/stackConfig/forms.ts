import { z } from "zod";
import { readCidr } from "../cidrBlock";

/** A text of a form. */
export const setting = (form: RegExp, what: string) => z.string().regex(form).describe(what);

/** A text that says something. */
export const text = (what: string) => z.string().min(1).describe(what);

/** A whole number within bounds. */
export const wholeNumber = (what: string, from: number, to: number) =>
  z.int().min(from).max(to).describe(`${what}, a whole number from ${from} to ${to}`);

/** A block of IPv4 addresses, on its own boundary. */
export const ipv4Block = (what: string) =>
  z
    .cidrv4()
    .superRefine((text, context) => {
      const reading = readCidr(text);
      // What is no block at all is told by its form.
      if (reading.kind !== "hostBits") return;
      const message = `it has bits set behind its prefix, ${reading.enclosing.cidr} is the block`;
      context.addIssue({ code: "custom", input: text, message });
    })
    .describe(what);

/** A list with something in it. */
export const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).min(1);

/** A zone's name, Local and Wavelength Zones among them. */
export const availabilityZone = setting(
  /^[a-z]{2,}(-[a-z]+)+-\d+[a-z]?(-[a-z0-9-]+)?$/,
  "the name of a zone, such as us-west-2a",
);

/** Security groups. */
export const securityGroupIds = (whose: string) =>
  listOf(setting(/^sg-[0-9a-f]{8,17}$/, "the id of a security group, such as sg-0123456789abcdef0")).describe(
    `ids of the security groups ${whose}`,
  );

/** A text of a form for each of some zones. */
export const byZone = (form: RegExp, what: string) => z.record(availabilityZone, setting(form, what));

/** Settings of a container. */
export const settings = (what: string) =>
  z.record(z.string(), z.string().describe('a text, in quotes, such as "2" or "true"')).describe(what);

/** Tags of AWS. */
export const tags = (whose: string) =>
  z.record(z.string(), z.string().describe("the value of a tag, in quotes")).describe(`tags ${whose}`);

/** Labels of Kubernetes. */
export const labels = (what: string) =>
  z.record(z.string(), z.string().describe("the value of a label, in quotes")).describe(what);

/** Refuses, of a group's sizes, a least that is above the most. */
export function refuseMoreThanMaximum(
  {
    minSize = 0,
    maxSize = Infinity,
  }: { readonly minSize?: number | undefined; readonly maxSize?: number | undefined },
  context: z.RefinementCtx,
): void {
  if (minSize <= maxSize) return;
  context.addIssue({
    code: "custom",
    path: ["minSize"],
    input: minSize,
    message: "it is more than maxSize",
  });
}
