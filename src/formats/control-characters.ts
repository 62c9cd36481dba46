/** Whether a text has control characters that are no white space; `allowed` are passed over. Those from U+007F on are not asked for. */
export const hasControls = (text: string, allowed = ""): boolean =>
  [...text].some((char) => char < " " && char.trim() !== "" && !allowed.includes(char));
