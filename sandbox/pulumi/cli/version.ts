/** The version of Pulumi that the stand-in answers as: that of the SDK which its engine was made for. */
export const VERSION = "v3.248.0";
