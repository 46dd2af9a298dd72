/**
 * The condition of a clause. The language is closed and small: names of flags, arguments and facts, numbers, comparisons,
 * `&` and `+` on numbers, `!`, `&&`, `||` and parentheses, with C's meaning and precedence (but `&` binds tighter than a comparison).
 */
export type Expression =
  | { readonly kind: 'number'; readonly value: bigint; readonly column: number }
  | { readonly kind: 'name'; readonly name: string; readonly column: number }
  | { readonly kind: 'call'; readonly name: string; readonly argument: string; readonly column: number }
  | { readonly kind: 'not'; readonly operand: Expression; readonly column: number }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly column: number;
    };

export const COMPARISONS = ['==', '!=', '<=', '>=', '<', '>'] as const;
export type Comparison = (typeof COMPARISONS)[number];
export type BinaryOperator = '&&' | '||' | '&' | '+' | Comparison;
