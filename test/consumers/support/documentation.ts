import { dirname } from "node:path";
import ts from "typescript";

/** Public names of an entry's declarations, and those of them that no docstring speaks of. */
export interface Documentation {
  readonly names: readonly string[];
  readonly undocumented: readonly string[];
}

/** What TypeScript shows of the declarations of an entry. */
class Entry {
  readonly #checker: ts.TypeChecker;
  readonly #folder: string;
  readonly #seen = new Set<ts.Symbol>();
  readonly names: string[] = [];
  readonly undocumented: string[] = [];

  constructor(file: string, folder: string) {
    const program = ts.createProgram([file], {
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      types: [],
    });
    this.#checker = program.getTypeChecker();
    this.#folder = folder;
    const source = program.getSourceFile(file);
    const module = source && this.#checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${file}: expected a module`);
    for (const symbol of this.#checker.getExportsOfModule(module))
      this.#visit(symbol.name, [this.#original(symbol)]);
  }

  #original(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }

  /** A name and what it stands for: several things where the parts of a union have it. An editor shows what is said of any. */
  #visit(name: string, symbols: readonly ts.Symbol[]): void {
    const fresh = symbols.filter((symbol) => !this.#seen.has(symbol));
    if (fresh.length === 0) return;
    for (const symbol of fresh) this.#seen.add(symbol);
    this.names.push(name);
    const said = symbols.some((s) => s.getDocumentationComment(this.#checker).length > 0);
    if (!said) this.undocumented.push(name);
    const members = new Map<string, ts.Symbol[]>();
    for (const member of fresh.flatMap((symbol) => this.#members(symbol)))
      members.set(member.name, [...(members.get(member.name) ?? []), member]);
    for (const [member, parts] of members) this.#visit(`${name}.${member}`, parts);
  }

  /** The names behind a dot: of a class (static ones as well), an interface, options, an object of functions. */
  #members(symbol: ts.Symbol): ts.Symbol[] {
    const types: ts.Type[] = [];
    if (symbol.flags & ts.SymbolFlags.Type)
      types.push(this.#checker.getDeclaredTypeOfSymbol(symbol));
    if (symbol.flags & (ts.SymbolFlags.Variable | ts.SymbolFlags.Class | ts.SymbolFlags.Property))
      types.push(this.#checker.getTypeOfSymbol(symbol));
    const parts = types.flatMap((type) => (type.isUnion() ? type.types : [type]));
    // Of a property's type only what is written out there: another named type has its own docstrings.
    const own = symbol.flags & ts.SymbolFlags.Property ? parts.filter(isWrittenOut) : parts;
    return own
      .flatMap((type) => this.#checker.getPropertiesOfType(type))
      .filter((member) => this.#isOurs(member));
  }

  /** Declared in the package, and for its users: not private, not named by a symbol. */
  #isOurs(member: ts.Symbol): boolean {
    if (/^__|#/.test(member.name) || member.name === "prototype") return false;
    return (member.declarations ?? []).some(
      (declaration) =>
        declaration.getSourceFile().fileName.startsWith(this.#folder) &&
        !(ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Private),
    );
  }
}

const isWrittenOut = (type: ts.Type): boolean =>
  type.symbol?.declarations?.some(ts.isTypeLiteralNode) ?? false;

/** Walks the declarations that an entry leads to: each exported name, its members and fields. `folder` holds the package. */
export const documentation = (file: string, folder = dirname(file)): Documentation =>
  new Entry(file, folder);
