import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { packageRoot } from '../spec/index.js';

/** Where the report of the library's surface lies, which is in the repository. */
export const REPORT = join('library', 'clonecheck.api.md');

/**
 * Rolls the library's types into one file, and holds the surface against the report in the repository.
 *
 * @param types - the file to write
 * @param update - the report is written anew; else one that has changed is a complaint
 * @returns a sentence for each thing that is wrong
 */
export function rollTypes(types: string, update: boolean): readonly string[] {
  const file = join(packageRoot(), 'library', 'api-extractor.json');
  const configObject = ExtractorConfig.loadFile(file);
  mkdirSync(join(packageRoot(), 'dist', '.api'), { recursive: true });
  const config = ExtractorConfig.prepare({
    configObject: { ...configObject, dtsRollup: { enabled: true, untrimmedFilePath: types } },
    configObjectFullPath: file,
    packageJsonFullPath: join(packageRoot(), 'package.json'),
  });
  const complaints: string[] = [];
  const { apiReportChanged } = Extractor.invoke(config, {
    localBuild: update,
    messageCallback: (message) => {
      const told = message.logLevel === ExtractorLogLevel.Warning || message.logLevel === ExtractorLogLevel.Error;
      if (told && !/^console-api-report-(not-copied|copied|created)$/.test(message.messageId))
        complaints.push(message.formatMessageWithLocation(packageRoot()));
      message.handled = true;
    },
  });
  return apiReportChanged && !update
    ? [...complaints, `${REPORT}: the library's surface has changed; npm run api:report writes it anew`]
    : complaints;
}
