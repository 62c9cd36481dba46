import type { RemoteFile } from "./origin.ts";

/** The official MaskCon code, whose `coarse_labels` has the label lists of several sets. */
export const OFFICIAL_CODE = "github.com/MrChenFeng/MaskCon_CVPR2023";

/** The commit that brought them: what it holds never changes. */
const LISTS =
  "https://raw.githubusercontent.com/MrChenFeng/MaskCon_CVPR2023/3be4675087e27a9716882bc9c778ea6897dd4682/coarse_labels";

/** A list out of `coarse_labels`. @param name what it is called here */
export const officialList = (path: string, md5: string, bytes: number, name = path): RemoteFile => ({
  ...{ url: `${LISTS}/${path}`, name, md5, bytes },
});
