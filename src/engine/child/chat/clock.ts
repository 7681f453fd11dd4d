const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/**
 * A local time as Python's `strftime` writes it in the C locale, whatever the machine's language is. `%-d` and the like
 * leave out leading zeros.
 */
export function strftime(time: Date, format: string): string {
  return format.replace(/%(-?)([A-Za-z%])/g, (directive, bare: string, letter: string) => {
    const written = part(time, letter);
    if (written === null) return directive;
    return bare ? written.replace(/^[0 ]+(?=.)/, "") : written;
  });
}

function part(time: Date, letter: string): string | null {
  const two = (value: number) => String(value).padStart(2, "0");
  const [day, month, year] = [time.getDate(), time.getMonth(), time.getFullYear()];
  const hour = time.getHours();
  const weekday = time.getDay();
  switch (letter) {
    case "a":
      return DAYS[weekday]!.slice(0, 3);
    case "A":
      return DAYS[weekday]!;
    case "b":
    case "h":
      return MONTHS[month]!.slice(0, 3);
    case "B":
      return MONTHS[month]!;
    case "c":
      return strftime(time, "%a %b %e %H:%M:%S %Y");
    case "d":
      return two(day);
    case "D":
    case "x":
      return strftime(time, "%m/%d/%y");
    case "e":
      return String(day).padStart(2);
    case "f":
      return `${String(time.getMilliseconds()).padStart(3, "0")}000`;
    case "F":
      return strftime(time, "%Y-%m-%d");
    case "H":
      return two(hour);
    case "I":
      return two(hour % 12 || 12);
    case "j":
      return String(dayOfYear(time)).padStart(3, "0");
    case "m":
      return two(month + 1);
    case "M":
      return two(time.getMinutes());
    case "n":
      return "\n";
    case "p":
      return hour < 12 ? "AM" : "PM";
    case "R":
      return strftime(time, "%H:%M");
    case "S":
      return two(time.getSeconds());
    case "t":
      return "\t";
    case "T":
    case "X":
      return strftime(time, "%H:%M:%S");
    case "u":
      return String(weekday || 7);
    case "U":
      return two(Math.floor((dayOfYear(time) + 6 - weekday) / 7));
    case "w":
      return String(weekday);
    case "W":
      return two(Math.floor((dayOfYear(time) + 6 - ((weekday + 6) % 7)) / 7));
    case "y":
      return two(year % 100);
    case "Y":
      return String(year);
    // Python's `datetime.now()` knows no time zone.
    case "z":
    case "Z":
      return "";
    case "%":
      return "%";
    default:
      return null;
  }
}

/** From 1 on. */
function dayOfYear(time: Date): number {
  const start = Date.UTC(time.getFullYear(), 0, 1);
  const now = Date.UTC(time.getFullYear(), time.getMonth(), time.getDate());
  return (now - start) / 86_400_000 + 1;
}
