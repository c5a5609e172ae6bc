"""English abbreviations, units and names: what each is in full."""

from __future__ import annotations

TITLES = {  # before a name
    "Dr": "Doctor", "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Prof": "Professor",
    "Gen": "General", "Col": "Colonel", "Maj": "Major", "Capt": "Captain", "Cpt": "Captain",
    "Cmdr": "Commander", "Lt": "Lieutenant", "Sgt": "Sergeant", "Cpl": "Corporal",
    "Pvt": "Private", "Adm": "Admiral", "Sen": "Senator", "Rep": "Representative",
    "Gov": "Governor", "Pres": "President", "Rev": "Reverend", "Hon": "Honorable",
    "St": "Saint", "Mt": "Mount", "Ft": "Fort", "Messrs": "Messieurs", "Det": "Detective",
    "Insp": "Inspector", "Supt": "Superintendent", "Fr": "Father", "Mme": "Madame",
    "Mlle": "Mademoiselle",
}  # fmt: skip
STREETS = {  # after a name
    "St": "Street", "Ave": "Avenue", "Av": "Avenue", "Rd": "Road", "Blvd": "Boulevard",
    "Dr": "Drive", "Ln": "Lane", "Ct": "Court", "Pl": "Place", "Sq": "Square", "Hwy": "Highway",
    "Pkwy": "Parkway", "Ter": "Terrace",
}  # fmt: skip
ANYWHERE = {
    "etc": "et cetera", "vs": "versus", "approx": "approximately", "dept": "department",
    "Dept": "Department", "Inc": "Incorporated", "Ltd": "Limited", "Corp": "Corporation",
    "Bros": "Brothers", "Jr": "Junior", "Sr": "Senior", "Esq": "Esquire", "viz": "namely",
    "cf": "compare", "ibid": "ibidem", "Univ": "University", "Assn": "Association",
    "Mfg": "Manufacturing", "govt": "government", "Govt": "Government",
}  # fmt: skip
DOTTED = {  # with a full stop after each letter
    "e.g.": "for example", "i.e.": "that is", "a.k.a.": "also known as",
    "et al.": "and others", "q.v.": "which see", "w/o": "without", "w/": "with",
    "b/c": "because", "c/o": "care of",
}  # fmt: skip
COUNTED = {  # before a number
    "No": "Number", "Nos": "Numbers", "no": "number", "nos": "numbers", "p": "page", "pp": "pages",
    "P": "Page", "Vol": "Volume", "vol": "volume", "vols": "volumes", "Ch": "Chapter",
    "ch": "chapter", "chap": "chapter", "Chap": "Chapter", "Fig": "Figure", "fig": "figure",
    "figs": "figures", "Figs": "Figures", "Sec": "Section", "sec": "section", "Art": "Article",
    "art": "article", "Apt": "Apartment", "apt": "apartment", "Ste": "Suite", "ver": "version",
    "v": "version", "Pt": "Part", "pt": "part", "para": "paragraph", "c": "circa", "ca": "circa",
    "Rm": "Room", "ext": "extension", "Ext": "Extension", "bk": "book", "Bk": "Book",
    "l": "line", "ll": "lines", "lot": "lot", "Op": "Opus", "op": "opus", "eq": "equation",
    "Eq": "Equation", "tel": "telephone", "Tel": "Telephone", "Psalm": "Psalm",
}  # fmt: skip
MONTHS = {
    "Jan": "January", "Feb": "February", "Mar": "March", "Apr": "April", "May": "May",
    "Jun": "June", "Jul": "July", "Aug": "August", "Sept": "September", "Sep": "September",
    "Oct": "October", "Nov": "November", "Dec": "December",
}  # fmt: skip
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
DAYS = {
    "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday",
    "Thur": "Thursday", "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
}  # fmt: skip

CURRENCIES = {  # sign → one, many, one part, many parts ("" for none)
    "$": ("dollar", "dollars", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"),
    "¥": ("yen", "yen", "", ""),
    "₹": ("rupee", "rupees", "paisa", "paise"),
    "₽": ("ruble", "rubles", "kopek", "kopeks"),
    "₩": ("won", "won", "", ""),
    "US$": ("U.S. dollar", "U.S. dollars", "cent", "cents"),
    "A$": ("Australian dollar", "Australian dollars", "cent", "cents"),
    "C$": ("Canadian dollar", "Canadian dollars", "cent", "cents"),
    "HK$": ("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
    "NZ$": ("New Zealand dollar", "New Zealand dollars", "cent", "cents"),
    "S$": ("Singapore dollar", "Singapore dollars", "cent", "cents"),
    "R$": ("real", "reais", "centavo", "centavos"),
    "USD": ("U.S. dollar", "U.S. dollars", "cent", "cents"),
    "EUR": ("euro", "euros", "cent", "cents"),
    "GBP": ("pound", "pounds", "penny", "pence"),
    "JPY": ("yen", "yen", "", ""),
    "CHF": ("Swiss franc", "Swiss francs", "centime", "centimes"),
}
MAGNITUDES = {
    "k": "thousand", "K": "thousand", "m": "million", "M": "million", "mn": "million",
    "bn": "billion", "b": "billion", "B": "billion", "tn": "trillion", "T": "trillion",
    "thousand": "thousand", "million": "million", "billion": "billion", "trillion": "trillion",
    "hundred": "hundred",
}  # fmt: skip

UNITS = {  # → one, many; the sign stands after the number, with or without a space
    "km": ("kilometer", "kilometers"), "cm": ("centimeter", "centimeters"),
    "mm": ("millimeter", "millimeters"), "m": ("meter", "meters"),
    "nm": ("nanometer", "nanometers"), "μm": ("micrometer", "micrometers"),
    "µm": ("micrometer", "micrometers"),
    "km²": ("square kilometer", "square kilometers"), "m²": ("square meter", "square meters"),
    "km2": ("square kilometer", "square kilometers"), "m2": ("square meter", "square meters"),
    "cm²": ("square centimeter", "square centimeters"),
    "m³": ("cubic meter", "cubic meters"), "m3": ("cubic meter", "cubic meters"),
    "cm³": ("cubic centimeter", "cubic centimeters"),
    "sq ft": ("square foot", "square feet"), "sq. ft.": ("square foot", "square feet"),
    "ft²": ("square foot", "square feet"), "sq mi": ("square mile", "square miles"),
    "km/h": ("kilometer per hour", "kilometers per hour"),
    "kph": ("kilometer per hour", "kilometers per hour"),
    "m/s": ("meter per second", "meters per second"),
    "mph": ("mile per hour", "miles per hour"), "mpg": ("mile per gallon", "miles per gallon"),
    "rpm": ("revolution per minute", "revolutions per minute"),
    "bpm": ("beat per minute", "beats per minute"), "fps": ("frame per second", "frames per second"),
    "kg": ("kilogram", "kilograms"), "g": ("gram", "grams"), "mg": ("milligram", "milligrams"),
    "lb": ("pound", "pounds"), "lbs": ("pound", "pounds"), "oz": ("ounce", "ounces"),
    "fl oz": ("fluid ounce", "fluid ounces"), "l": ("liter", "liters"), "L": ("liter", "liters"),
    "ml": ("milliliter", "milliliters"), "mL": ("milliliter", "milliliters"),
    "cl": ("centiliter", "centiliters"), "dL": ("deciliter", "deciliters"),
    "dl": ("deciliter", "deciliters"), "mol": ("mole", "moles"), "mmol": ("millimole", "millimoles"),
    "gal": ("gallon", "gallons"), "qt": ("quart", "quarts"),
    "ft": ("foot", "feet"), "in": ("inch", "inches"), "yd": ("yard", "yards"),
    "yds": ("yard", "yards"), "mi": ("mile", "miles"), "nmi": ("nautical mile", "nautical miles"),
    "min": ("minute", "minutes"), "mins": ("minute", "minutes"), "sec": ("second", "seconds"),
    "secs": ("second", "seconds"), "s": ("second", "seconds"), "ms": ("millisecond", "milliseconds"),
    "h": ("hour", "hours"), "hr": ("hour", "hours"), "hrs": ("hour", "hours"),
    "yr": ("year", "years"), "yrs": ("year", "years"), "wk": ("week", "weeks"),
    "Hz": ("hertz", "hertz"), "kHz": ("kilohertz", "kilohertz"), "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"), "dB": ("decibel", "decibels"),
    "KB": ("kilobyte", "kilobytes"), "kB": ("kilobyte", "kilobytes"),
    "MB": ("megabyte", "megabytes"), "GB": ("gigabyte", "gigabytes"),
    "TB": ("terabyte", "terabytes"), "Mbps": ("megabit per second", "megabits per second"),
    "Gbps": ("gigabit per second", "gigabits per second"),
    "W": ("watt", "watts"), "kW": ("kilowatt", "kilowatts"), "MW": ("megawatt", "megawatts"),
    "GW": ("gigawatt", "gigawatts"), "kWh": ("kilowatt hour", "kilowatt hours"),
    "V": ("volt", "volts"), "kV": ("kilovolt", "kilovolts"), "mA": ("milliamp", "milliamps"),
    "mAh": ("milliamp hour", "milliamp hours"), "hp": ("horsepower", "horsepower"),
    "kcal": ("kilocalorie", "kilocalories"), "cal": ("calorie", "calories"),
    "kJ": ("kilojoule", "kilojoules"), "J": ("joule", "joules"), "N": ("newton", "newtons"),
    "Pa": ("pascal", "pascals"), "hPa": ("hectopascal", "hectopascals"),
    "psi": ("pound per square inch", "pounds per square inch"), "ppm": ("part per million", "parts per million"),
    "ha": ("hectare", "hectares"), "cc": ("cc", "cc"), "dpi": ("dot per inch", "dots per inch"),
    "px": ("pixel", "pixels"), "tsp": ("teaspoon", "teaspoons"),
    "tbsp": ("tablespoon", "tablespoons"), "pt": ("point", "points"),
}  # fmt: skip
ONLY_TOUCHING = {"in"}  # "5 in the room" is no length
ONLY_APART = {"s"}  # "the 747s" are no seconds

NUMBERED = (  # what Roman numerals after it count
    "chapter", "part", "act", "scene", "volume", "book", "war", "bowl", "section", "phase",
    "stage", "type", "class", "figure", "table", "appendix", "article", "title", "canto", "verse",
    "level", "grade", "mark", "unit", "lesson", "episode", "season", "series", "number", "psalm",
    "plate", "page", "category", "factor", "division", "group", "corps", "game", "letter",
    "olympiad", "mk", "vatican", "paragraph", "exhibit", "schedule", "rule", "law", "item", "camp", "legion", "sura",
)  # fmt: skip
RULERS = (  # who is counted by ordinals
    "Alexander", "Alfonso", "Amenhotep", "Antiochus", "Artaxerxes", "Benedict", "Boniface",
    "Carl", "Catherine", "Charles", "Christian", "Clement", "Constantine", "Darius", "Edward",
    "Elizabeth", "Ferdinand", "Francis", "Franz", "Frederick", "Friedrich", "George", "Gregory",
    "Gustav", "Henry", "Henri", "Innocent", "Ivan", "James", "Joao", "John", "Joseph", "Juan",
    "Julius", "Karl", "Leo", "Leopold", "Louis", "Ludwig", "Mary", "Maria", "Maximilian",
    "Mehmed", "Murad", "Napoleon", "Nicholas", "Otto", "Paul", "Pedro", "Peter", "Philip",
    "Pius", "Ptolemy", "Ramesses", "Ramses", "Richard", "Robert", "Rudolf", "Selim", "Seti",
    "Sixtus", "Stephen", "Suleiman", "Theodosius", "Thutmose", "Umberto", "Urban", "Victor",
    "Vittorio", "Wilhelm", "William", "Xerxes", "Yusuf", "Abdul", "Mohammed", "Hassan", "Harald",
    "Haakon", "Olaf", "Erik", "Margaret", "Isabella", "Anne", "Emmanuel", "Gustavus",
)  # fmt: skip
LABELLED = (  # whose numbers are called in pairs
    "room", "flight", "apartment", "suite", "highway", "route", "interstate", "bus", "boeing",
    "channel", "gate", "locker", "extension", "airbus", "peugeot", "porsche", "cell", "apt", "box", "number",
)  # fmt: skip
VERSIONED = (  # whose numbers have no decimals: 3.13 follows 3.9
    "Python", "Node", "Node.js", "Ruby", "PHP", "Java", "Go", "Rust", "Qt", "Django", "Rails",
    "Linux", "Ubuntu", "Debian", "Fedora", "Windows", "macOS", "iOS", "iPadOS", "Android",
    "Chrome", "Firefox", "Safari", "PostgreSQL", "MySQL", "SQLite", "CUDA", "PyTorch", "TensorFlow",
)  # fmt: skip
