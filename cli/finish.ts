/** A command's own exit status, handed back through commander. */
export type Finish = (status: number) => void;
