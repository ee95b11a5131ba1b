"""Names, places and codes of the fictitious city: what firms, people and streets are called.

No person and no firm of these names exists: people are called 示例人 with a number, telephones begin with 100
(no such number can be dialled), credit codes are valid in form alone. Belongs here: vocabulary. Does not
belong here: what becomes of what bears the name.
"""

from stdnum.cn import uscc

_CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SERIAL_LENGTH = 7
# Coprime to 31: spreads consecutive serials over all codes, each code once.
_SPREAD = 7_919_114_653

BRANDS = (
    "禾润", "麦祥", "福满", "丰和", "聚源", "金谷", "瑞田", "兴晟", "安泰", "德顺", "同心", "宏立",
    "春晖", "盛嘉", "永信", "百川", "嘉禾", "启明", "长青", "九合", "旭东", "惠民", "正源", "天佑",
)  # fmt: skip
PLACES = ("东关", "西河", "南塬", "北坡", "柳沟", "石桥", "槐树", "清泉", "古渡", "新庄")
TOWNSHIPS = ("东关街道", "西河街道", "南塬镇", "北坡镇", "柳沟镇", "石桥乡", "槐树乡", "清泉乡")
OFFICES = ("市工信局", "市农业农村局", "市发改局", "市商务局", "市市场监管局", "市自然资源局")


def brand(number: int) -> str:
    """Place and brand of a firm: 240 different ones, then again."""
    return PLACES[number // len(BRANDS) % len(PLACES)] + BRANDS[number % len(BRANDS)]


def credit_code(kind: str, region_code: str, serial: int) -> str:
    """A unified social credit code with its check character.

    `kind`: 91 enterprise, 92 individual business, 93 cooperative. No two serials below 31 ** 7 give the same
    code.
    """
    rest = serial * _SPREAD % len(_CODE_CHARACTERS) ** _SERIAL_LENGTH
    characters = []
    for _ in range(_SERIAL_LENGTH):
        rest, place = divmod(rest, len(_CODE_CHARACTERS))
        characters.append(_CODE_CHARACTERS[place])
    body = f"{kind}{region_code}MA{''.join(characters)}"
    return body + uscc.calc_check_digit(body)


def with_wrong_check(code: str) -> str:
    """The same code with another check character."""
    place = _CODE_CHARACTERS.index(code[-1])
    return code[:-1] + _CODE_CHARACTERS[(place + 1) % len(_CODE_CHARACTERS)]


def person(serial: int) -> str:
    """A name that nobody bears."""
    return f"示例人{serial % 10_000_000:07d}"


def phone(serial: int) -> str:
    """Eleven digits that cannot be dialled."""
    return f"100{serial % 100_000_000:08d}"
