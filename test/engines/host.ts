/** Whether this is Node, which alone has threads that share kernels. */
export const inNode: boolean = typeof process === "object" && process.versions?.node !== undefined;
