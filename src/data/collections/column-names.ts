/** What columns of labels are called in sets that others made: of both kinds, and of the one label where there is no second. */
export const coarseNames = ["coarse_label", "coarse_labels", "coarse", "superclass"];
export const fineNames = ["fine_label", "fine_labels", "fine"];
export const onlyNames = ["label", "labels", "class", "category"];

/** What a column of files is called in lists that others made; `file_name` is Hugging Face's. */
export const fileNames = ["file_name", "filename", "file_path", "filepath", "path", "image_path", "image", "img"];
