import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as tar from "tar-stream";
import { describe, expect, it } from "vitest";
import { put } from "../../test/data-samples.ts";
import { batch, pickle3, putMaps, trainNames } from "../../test/imagenet32-samples.ts";
import { loopback, serve } from "../../test/loopback.ts";
import { runCommand } from "../../test/run-command.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { checkTable } from "./check-table.ts";

const maskcon = (...args: string[]) => runCommand(args);

describe("maskcon data check", () => {
  it("names each file and count that is wrong, and ends with 1", async () => {
    const folder = temporaryFolder();
    putMaps(folder);
    for (const name of trainNames.slice(1)) put(folder, name, pickle3(batch([1, 2])));
    put(folder, "val_data", pickle3(batch([3])));
    const { code, out } = await maskcon("data", "check", "imagenet32", folder);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^-- {2}train_data_batch_1 +missing \(MD5 6c4495e65cd24a8c3019857ef9b758ee\); unpack Imagenet32/m,
    );
    expect(out).toMatch(/^-- {2}train_data_batch_2 +expected MD5 3dd727de4155836807dfc19f98c9fe70 or /m);
    expect(out).toMatch(/^-- {2}training images +expected 1281167, found 18$/m);
    expect(out).toMatch(/^-- {2}coarse classes +expected 12, found 3$/m);
    expect(out).toMatch(/imagenet32: not as it should be\n$/);
    const json = await maskcon("data", "check", "imagenet32", folder, "--json");
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ name: "imagenet32", ok: false, folder });
  });

  it("shows names out of files without the terminal's control codes", () => {
    const facts = [{ what: 'fine classes of "\x1b[2J"', expected: "a", found: "\x1b]0;x\x07" }];
    const table = checkTable("x", "/d", { files: [{ file: "/d/\x9b1m", problem: "\x1bc" }], facts });
    expect(table).toContain('--  fine classes of "\\u001b[2J"  expected a, found \\u001b]0;x\\u0007\n');
    expect(table).toContain("--  \\u009b1m  \\u001bc\n");
  });

  it.each([
    [2, ["data", "check", "cifar101", "."], /^maskcon: NAME: expected one of .*did you mean "cifar10"\?\n$/],
    [2, ["data", "check", "cifar100"], /missing required argument 'dir'; see maskcon data check --help\n$/],
    [2, ["data", "fetch", "cifar100"], /unknown command 'fetch'/],
    [1, ["data", "check", "cifar100", "/absent"], /^maskcon: \/absent: expected the folder of cifar100, found nothing/],
  ])("%i: %j", async (code, args, message) => {
    const result = await maskcon(...args);
    expect(result.err).toMatch(message);
    expect(result.code).toBe(code);
  });
});

describe("maskcon data get", () => {
  const addressesOf = (folder: string, url: string, content: Buffer, md5?: string) => {
    const sum = md5 ?? createHash("md5").update(content).digest("hex");
    const file = { url: `${url}c.tar.gz`, name: "c.tar.gz", md5: sum, bytes: content.length, unpack: 1 << 20 };
    return put(folder, "addresses.json", JSON.stringify({ cifar100: { files: [file] } }));
  };

  async function archive(): Promise<Buffer> {
    const pack = tar.pack();
    for (const name of ["meta", "train", "test"]) pack.entry({ name: `cifar-100-python/${name}` }, name.repeat(5000));
    pack.finalize();
    const parts: Buffer[] = [];
    for await (const part of pack) parts.push(part as Buffer);
    return gzipSync(Buffer.concat(parts), { level: 0 });
  }

  it("fetches through cut connections, unpacks, and says how to go on", async () => {
    const folder = temporaryFolder();
    const content = await archive();
    const { url } = await loopback(serve(content, { most: 40_000 }));
    const out = join(folder, "new", "cifar");
    const result = await maskcon(
      "data",
      "get",
      "cifar100",
      "--out",
      out,
      "--addresses",
      addressesOf(folder, url, content),
    );
    expect(result).toMatchObject({ code: 0, out: expect.stringContaining(`maskcon train ${out} --preset cifar100`) });
    expect(result.err).toContain("unpacking c.tar.gz");
    expect(readFileSync(join(out, "train"), "utf8")).toBe("train".repeat(5000));
    expect(existsSync(join(out, "c.tar.gz"))).toBe(false);
  });

  it("reports a wrong checksum in one line", async () => {
    const folder = temporaryFolder();
    const content = await archive();
    const { url } = await loopback(serve(content));
    const list = addressesOf(folder, url, content, "0".repeat(32));
    const { code, err } = await maskcon("data", "get", "cifar100", "--out", join(folder, "c"), "--addresses", list);
    expect(code).toBe(1);
    expect(err).toMatch(/maskcon: http:.*expected a file of MD5 0{32}, found MD5 .*what came was deleted/);
  });

  it("says what to place where, and ends with 1, for sets without an address", async () => {
    const { code, out } = await maskcon("data", "get", "cars196", "--out", temporaryFolder());
    expect(code).toBe(1);
    expect(out).toMatch(/no address to fetch all of it from\. Place in .*:\n\n {2}cars_train\//);
    expect(out).toMatch(/cars_test_annos_withlabels\.mat \(MD5 b0a2b23655a3edd16d84508592a98d10\)/);
    expect(out).toContain("https://github.com/pytorch/vision/issues/7545");
  });

  it("fetches the label lists of a set that has no other address, and says what to place beside them", async () => {
    const folder = temporaryFolder();
    const content = Buffer.from("[1, 2]");
    const { url } = await loopback(serve(content));
    const md5 = createHash("md5").update(content).digest("hex");
    const file = { url, name: "sop_split1/train_path.json", md5, bytes: content.length };
    const list = put(
      folder,
      "a.json",
      JSON.stringify({ "sop-split1": { files: [file], place: ["images/  the rest"] } }),
    );
    const out = join(folder, "sop");
    const got = await maskcon("data", "get", "sop-split1", "--out", out, "--addresses", list);
    expect(got).toMatchObject({ code: 1, out: expect.stringContaining(`Place in ${out}:\n\n  images/  the rest\n\n`) });
    expect(readFileSync(join(out, file.name)).equals(content)).toBe(true);
  });

  it("says what to place where, also where a list does not come", async () => {
    const folder = temporaryFolder();
    const md5 = "0".repeat(32);
    const { url } = await loopback((_, response) => response.writeHead(404).end());
    const file = { url, name: "maps/a.json", md5, bytes: 6 };
    const addresses = { imagenet32: { files: [file], place: ["train_data_batch_1  the images"] } };
    const list = put(folder, "a.json", JSON.stringify(addresses));
    const got = await maskcon("data", "get", "imagenet32", "--out", join(folder, "i"), "--addresses", list);
    expect(got.code).toBe(1);
    expect(got.err).toContain(`warning: ${url}: expected to download maps/a.json, found the answer 404 Not Found; `);
    expect(got.out).toContain(`  train_data_batch_1  the images\n  maps/a.json  MD5 ${md5}, from ${url}\n`);
  });

  it("takes a folder of the set's name, which it does not make for nothing", async () => {
    const { code, out, err } = await maskcon("data", "get", "cars196");
    expect({ code, err }).toEqual({ code: 1, err: "" });
    expect(out).toContain("Place in cars196:\n");
    expect(existsSync("cars196")).toBe(false);
  });

  it("says in one line that a folder cannot be made", async () => {
    const file = put(temporaryFolder(), "file", "");
    const { code, err } = await maskcon("data", "get", "cifar100", "--out", join(file, "x"));
    expect({ code, err }).toEqual({
      code: 1,
      err: `maskcon: ${join(file, "x")}: expected a folder to fetch into, found a file where a folder is needed; choose another place; nothing was changed\n`,
    });
  });

  it("refuses a list of addresses that is none", async () => {
    const folder = temporaryFolder();
    const list = put(folder, "a.json", '{"cifar100": {"files": [{"url": "file:///etc/passwd"}]}}');
    const { code, err } = await maskcon("data", "get", "cifar100", "--out", folder, "--addresses", list);
    expect(code).toBe(2);
    expect(err).toMatch(/expected a JSON file of addresses, found .* at cifar100\.files\.0\.url/);
  });
});

it("train takes DATA as --data as well, but not two different ones", async () => {
  const folder = temporaryFolder();
  const one = await maskcon(
    "train",
    "--preset",
    "cars196",
    "--data",
    join(folder, "absent"),
    "--out",
    join(folder, "r"),
  );
  expect(one).toMatchObject({ code: 1, err: expect.stringContaining("absent: expected a folder or a") });
  const two = await maskcon("train", "a", "--data", "b", "--out", join(folder, "r"));
  expect(two).toMatchObject({ code: 2, err: expect.stringContaining("--data: expected the DATA of the argument, a") });
});
