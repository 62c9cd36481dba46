import type { Case } from "./case.ts";
import { arrayCases } from "./cases-arrays.ts";
import { composedCases } from "./cases-composed.ts";
import { elementwiseCases } from "./cases-elementwise.ts";
import { networkCases } from "./cases-network.ts";

export const cases: readonly Case[] = [...elementwiseCases, ...arrayCases, ...networkCases, ...composedCases];
