import { random } from "../src/core/index.ts";

/** Names that break one reader or another. */
export const HOSTILE_NAMES: readonly string[] = [
  ...[
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "<img src=x onerror=alert(1)>",
    "a\nb",
    "a\r\nb",
    "\r",
    "\n",
  ],
  ...[
    "../../etc/passwd",
    "..",
    ".",
    "/etc/passwd",
    "a/../../b",
    "C:\\windows",
    "\\\\server\\share",
    "CON",
    "nul.txt",
    "com1",
  ],
  ...["lpt9.tar.gz", "AUX ", "trailing.", "trailing ", " leading", ".hidden", ".git", "-rf", "~root", "$HOME", "`id`"],
  ...["a\0b", "\u0001", "\u007f", "\u0085", "\u2028", "\u202egnp.exe", "\ufeffbom", "é", "e\u0301", "Å", "A\u030a"],
  ...["ß", "SS", "ı", "I", "K", "\u212a", '"', '""', "'", '","', ",", ";", "a,b", "   ", "\u00a0", "😀", "%2e%2e%2f"],
  ...[
    "x".repeat(255),
    "x".repeat(300),
    "é".repeat(150),
    "😀".repeat(64),
    "a*b?c",
    'a<b>c:d"e|f',
    "desktop.ini",
    "NULL",
    "null",
  ],
  ...["NaN", "1e5", "007", "TRUE", "{{7*7}}", "__proto__", "constructor", "toString"],
];

const pieces = [
  "=",
  "+",
  "@",
  "<b>",
  '"',
  "'",
  ",",
  "\n",
  "\r",
  "\t",
  "..",
  "/",
  "\\",
  "\0",
  "é",
  "e\u0301",
  "😀",
  "CON",
  ".",
  " ",
];

/** A name of such pieces, another for each number. */
export function hostileName(number: number): string {
  const rng = random(17, number);
  const length = 1 + rng.integer(6);
  return `${Array.from({ length }, () => pieces[rng.integer(pieces.length)]!).join("")}${number}`;
}
