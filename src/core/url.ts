const URL_TEXT = /^[a-z][a-z\d+.-]+:\/\/.*$/is;
/** A URL that was made absolute as a path: `/home/me/https:/host/name`. */
const URL_AS_PATH = /(?:^|[\\/])(https?|ftp|s3|gs|hf|file|az|abfss?):[\\/]+(.*)$/is;

/**
 * The URL that stands in place of a path, undefined where none does.
 * @param path whether it may have been made absolute; then it must lead to nothing
 */
export function urlIn(text: string, path = false): string | undefined {
  const [, scheme, rest] = (path && URL_AS_PATH.exec(text)) || [];
  if (scheme !== undefined) return `${scheme}://${rest!.replaceAll("\\", "/")}`;
  return URL_TEXT.test(text) ? text : undefined;
}
