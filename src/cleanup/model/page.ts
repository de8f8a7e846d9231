/** A part of a list, and where the next one begins. */
export interface Page<Item> {
  items: Item[];
  /** The position to go on from; none: this was the last page. A text that only the query it came from understands. */
  next?: string;
}
