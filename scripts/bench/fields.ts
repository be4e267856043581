/** Just enough protobuf to find a field in a buffer without making objects: for the generator and the bare programs. */

/** Moves over one message, field by field. One cursor is used again and again. */
export class Cursor {
  data: Buffer = Buffer.alloc(0);
  at = 0;
  end = 0;
  /** Of the field that `next` stopped at. */
  field = 0;
  /** A varint's value, or the length of a length-delimited field. */
  value = 0;
  /** Where a length-delimited field's bytes begin. */
  start = 0;

  /** Begins with the message that lies in `data` from `start` to `end`. */
  open(data: Buffer, start: number, end: number): this {
    this.data = data;
    this.at = start;
    this.end = end;
    return this;
  }

  /** Goes on inside the field that `next` stopped at. */
  enter(): this {
    this.at = this.start;
    this.end = this.start + this.value;
    return this;
  }

  /** @returns false at the end of the message. */
  next(): boolean {
    if (this.at >= this.end) return false;
    const tag = this.#readVarint();
    this.field = tag >>> 3;
    this.value = this.#readVarint();
    this.start = this.at;
    const wireType = tag & 7;
    if (wireType === 2) this.at += this.value;
    else if (wireType !== 0) throw new RangeError(`wire type ${wireType} is not used in our frames`);
    return true;
  }

  /** Stops at the field with this number. @returns false when there is none. */
  find(field: number): boolean {
    while (this.next()) if (this.field === field) return true;
    return false;
  }

  #readVarint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.data[this.at++]!;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }
}
