import { DirectoryError } from '#core/errors.ts';
import { lazily, lazyModule } from '#core/lazily.ts';
import { normaliseTimeZone } from '#core/locale.ts';

const library = lazyModule<typeof import('windows-iana')>('windows-iana');

/** Windows' name of a time zone and the IANA zones that it means by country; `001` is the world. */
interface WindowsZone {
  readonly name: string;
  readonly zones: Map<string, string>;
}

/** By their names in lower case. */
const windowsZones = lazily(() => {
  const all = new Map<string, WindowsZone>();
  for (const { windowsName, territory, iana } of library().WINDOWS_TO_IANA_MAP) {
    const key = windowsName.toLowerCase();
    const zone = all.get(key) ?? { name: windowsName, zones: new Map() };
    if (iana[0] !== undefined) zone.zones.set(territory, iana[0]);
    all.set(key, zone);
  }
  return all;
});

/** A time zone as it was sent: the IANA zone that is meant, and Windows' name when it was that. */
export interface SentZone {
  readonly zone: string;
  readonly windowsName?: string;
}

/** Reads an IANA name (which wins where both know a name, as `UTC`) or Windows' name, in any case. */
export function parseTimeZone(sent: string, region: string): SentZone | undefined {
  const zone = parseIana(sent);
  if (zone !== undefined) return { zone };
  const windows = windowsZones().get(sent.toLowerCase());
  const meant = windows?.zones.get(region) ?? windows?.zones.get('001');
  return windows && meant !== undefined ? { zone: normaliseTimeZone(meant), windowsName: windows.name } : undefined;
}

function parseIana(sent: string): string | undefined {
  try {
    return normaliseTimeZone(sent);
  } catch (error) {
    if (error instanceof DirectoryError) return undefined;
    throw error;
  }
}
