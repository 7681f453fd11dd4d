import { StudyFileError } from "../../formats/study/parseStudy";
import { ResultFileError } from "../../formats/study/studyResult";
import { Failure } from "../exit";

/**
 * What was read of a study or of results.
 * @throws Failure with the file's name, where they can't be understood
 */
export async function orFault<T>(file: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof StudyFileError || error instanceof ResultFileError) {
      throw new Failure(`${file}\n${error.message}`);
    }
    throw error;
  }
}
