import type { Agent } from "node:http";
import { fail } from "../../../core/index.ts";

/** A proxy, as a variable of the environment has it. */
export interface HttpProxy {
  readonly variable: string;
  readonly url: URL;
  /** Its address without user and password, with the variable's name. */
  readonly shown: string;
}

/**
 * The proxy to ask for an address: by HTTP_PROXY, HTTPS_PROXY or ALL_PROXY in lower or upper case; none where NO_PROXY names
 * the host.
 * @throws MaskconError "usage" where the variable does not hold the address of an HTTP proxy
 */
export async function proxyFor(address: string): Promise<HttpProxy | undefined> {
  // Loaded with the first request.
  const { getProxyForUrl } = await import("proxy-from-env");
  if (getProxyForUrl(address) === "") return undefined;
  const scheme = new URL(address).protocol.replace(":", "");
  const names = [`${scheme}_proxy`, "all_proxy"].flatMap((name) => [name, name.toUpperCase()]);
  const variable = names.find((name) => process.env[name])!;
  const value = process.env[variable]!;
  // Most write host:port alone, which is HTTP whatever is fetched through it.
  const url = parsed(value.includes("://") ? value : `http://${value}`);
  if (url === undefined || !/^https?:$/.test(url.protocol)) refuse(variable, url);
  return { variable, url, shown: `the proxy ${url.protocol}//${url.host} of ${variable}` };
}

function parsed(value: string): URL | undefined {
  try {
    const url = new URL(value);
    // As the agents do, which would fail in the middle of a request.
    decodeURIComponent(`${url.username}${url.password}`);
    return url;
  } catch {
    return undefined;
  }
}

/** The value itself may hold a password. */
function refuse(variable: string, url: URL | undefined): never {
  return fail("usage", {
    where: variable,
    expected: "the address of an HTTP proxy, such as http://USER:PASSWORD@HOST:PORT (%40 for @ in a password)",
    found: url === undefined ? "something else" : `one of the kind ${url.protocol}//`,
    fix: "correct it, or set NO_PROXY to the hosts that need none (* for all)",
  });
}

/**
 * What connects through a proxy: to https by a tunnel (CONNECT), to http by asking for the whole address.
 * @param connecting ends a connection that does not come about
 */
export async function agentFor(address: string, { url }: HttpProxy, connecting: AbortSignal): Promise<Agent> {
  // Loaded where there is a proxy alone.
  if (address.startsWith("https:")) {
    const { HttpsProxyAgent } = await import("https-proxy-agent");
    return new HttpsProxyAgent(url, { signal: connecting });
  }
  const { HttpProxyAgent } = await import("http-proxy-agent");
  return new HttpProxyAgent(url, { signal: connecting });
}
