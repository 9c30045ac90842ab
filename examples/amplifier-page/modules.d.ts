/** Where a file will be, as Vite gives it. */
declare module "*?url" {
  const url: string;
  export default url;
}
