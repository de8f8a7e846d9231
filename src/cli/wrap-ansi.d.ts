/** Of version 10. Older versions, which other packages may put at the top of node_modules, come without types. */
declare module 'wrap-ansi' {
  export default function wrapAnsi(text: string, columns: number, options?: { hard?: boolean }): string;
}
