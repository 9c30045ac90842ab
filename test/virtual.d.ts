/** The library's source as one module (engines/library-source.ts). */
declare module "virtual:gatewise" {
  const source: string;
  export default source;
}
