/** First byte behind the module's own constants. */
export function heap_base(): usize {
  return __heap_base;
}
