import { version } from "@pulumi/kubernetes/package.json";
import { serve } from "../protocol/serve";
import { KubernetesPlugin } from "./plugin";

void serve(new KubernetesPlugin(version));
