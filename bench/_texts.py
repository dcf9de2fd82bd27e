"""Invented drafts in eight languages and what may become of them: the same seed, the same text. Tests use them too."""

import random
from dataclasses import dataclass, field

from common.alignment import Part

# Words that stand in any text of the language, then words of the subject.
VOCABULARY = {
    "en": (
        "the of and to in for on with by that as from through their its will should be which is are at an all this",
        "cooperation countries agencies system strategy partners knowledge capacity technology exchange regional "
        "national policies development triangular resources funding mechanism platform reporting evaluation inclusive "
        "women youth institutions governments experience solutions mapping demand supply peer learning training "
        "expertise scientific health nutrition agriculture climate resilience disaster trade finance digital data "
        "statistics indicators framework coordination secretariat focal points country teams offices headquarters "
        "implementation monitoring baseline milestones annual review outcome output target results budget "
        "contribution voluntary trust fund private sector civil society academia philanthropy south middle income "
        "least developed landlocked islands migration employment education water energy cities transport "
        "infrastructure standards guidance procedures modalities principles ownership sovereignty solidarity mutual "
        "benefit equality respect non-interference effectiveness transparency accountability quality scale pilot "
        "adapt document share verify publish brokering matchmaking catalogue roster laboratories fellowships missions",
    ),
    "fr": (
        "le la les de des du et à en pour sur avec par que qui dans aux leur ses un une est sont ce cette",
        "coopération pays organismes système stratégie partenaires savoirs capacités technologie échange régional "
        "national politiques développement triangulaire ressources financement mécanisme plateforme rapport "
        "évaluation femmes jeunes institutions gouvernements expérience solutions demande offre apprentissage "
        "formation expertise santé nutrition agriculture climat résilience catastrophe commerce finance numérique "
        "données statistiques indicateurs cadre coordination secrétariat bureaux siège suivi résultats budget "
        "contribution fonds secteur privé société civile universités migration emploi éducation eau énergie villes",
    ),
    "es": (
        "el la los las de del y a en para sobre con por que como un una su sus es son este esta al",
        "cooperación países organismos sistema estrategia asociados conocimientos capacidad tecnología intercambio "
        "regional nacional políticas desarrollo triangular recursos financiación mecanismo plataforma informe "
        "evaluación mujeres jóvenes instituciones gobiernos experiencia soluciones demanda oferta aprendizaje "
        "formación pericia salud nutrición agricultura clima resiliencia desastre comercio finanzas digital datos "
        "estadísticas indicadores marco coordinación secretaría oficinas sede seguimiento resultados presupuesto "
        "contribución fondo sector privado sociedad civil academia migración empleo educación agua energía ciudades",
    ),
    "ru": (
        "и в на для по с из от к о что как их его при или также будет должны является это этих",
        "сотрудничество страны учреждения система стратегия партнёры знания потенциал технологии обмен региональный "
        "национальный политика развитие трёхстороннее ресурсы финансирование механизм платформа отчётность оценка "
        "женщины молодёжь институты правительства опыт решения спрос предложение обучение подготовка экспертиза "
        "здоровье питание сельское хозяйство климат устойчивость бедствия торговля финансы цифровой данные "
        "статистика показатели рамки координация секретариат отделения мониторинг результаты бюджет взнос фонд "
        "частный сектор гражданское общество наука миграция занятость образование вода энергия города транспорт",
    ),
    "ar": (
        "من في على إلى عن مع أن التي الذي هذا هذه كما أو بين كل ما لم قد وفي ومن",
        "التعاون البلدان الوكالات منظومة الاستراتيجية الشركاء المعارف القدرات التكنولوجيا تبادل إقليمي وطني "
        "السياسات التنمية الثلاثي الموارد التمويل آلية منصة الإبلاغ التقييم المرأة الشباب المؤسسات الحكومات "
        "الخبرة الحلول الطلب العرض التعلم التدريب الدراية الصحة التغذية الزراعة المناخ الصمود الكوارث التجارة "
        "المالية الرقمية البيانات الإحصاءات المؤشرات الإطار التنسيق الأمانة المكاتب المقر الرصد النتائج الميزانية "
        "المساهمة الصندوق القطاع الخاص المجتمع المدني الأوساط الهجرة العمالة التعليم المياه الطاقة المدن النقل",
    ),
    "zh": (
        "的 和 在 为 与 对 以 及 其 将 应 通过 各 是 这 等",
        "合作 国家 机构 系统 战略 伙伴 知识 能力 技术 交流 区域 政策 发展 三方 资源 筹资 机制 平台 报告 评价 妇女 青年 政府 经验 "
        "办法 需求 供应 学习 培训 专长 健康 营养 农业 气候 复原力 灾害 贸易 金融 数字 数据 统计 指标 框架 协调 秘书处 办事处 "
        "总部 监测 成果 预算 捐款 基金 私营 部门 民间 社会 学术界 移民 就业 教育 用水 能源 城市 运输",
    ),
    "hi": (
        "का की के में और से को पर है हैं यह वह इस उन लिए द्वारा तथा साथ एक भी",
        "सहयोग देश संस्था प्रणाली रणनीति साझेदार ज्ञान क्षमता प्रौद्योगिकी आदान प्रदान क्षेत्रीय राष्ट्रीय नीति विकास त्रिकोणीय "
        "संसाधन वित्तपोषण तंत्र मंच रिपोर्ट मूल्यांकन महिला युवा सरकार अनुभव समाधान माँग आपूर्ति अधिगम प्रशिक्षण विशेषज्ञता "
        "स्वास्थ्य पोषण कृषि जलवायु लचीलापन आपदा व्यापार वित्त डिजिटल आँकड़े सांख्यिकी संकेतक ढाँचा समन्वय सचिवालय कार्यालय "
        "मुख्यालय निगरानी परिणाम बजट योगदान निधि निजी क्षेत्र नागरिक समाज शिक्षा प्रवासन रोजगार जल ऊर्जा नगर परिवहन",
    ),
    "th": (
        "ที่ และ ของ ใน การ เพื่อ โดย กับ ให้ เป็น จาก ได้ จะ ซึ่ง ตาม แก่",
        "ความร่วมมือ ประเทศ หน่วยงาน ระบบ ยุทธศาสตร์ หุ้นส่วน ความรู้ ศักยภาพ เทคโนโลยี แลกเปลี่ยน ภูมิภาค แห่งชาติ นโยบาย พัฒนา "
        "ไตรภาคี ทรัพยากร เงินทุน กลไก เวที รายงาน ประเมินผล สตรี เยาวชน รัฐบาล ประสบการณ์ ทางออก อุปสงค์ อุปทาน เรียนรู้ ฝึกอบรม "
        "เชี่ยวชาญ สุขภาพ โภชนาการ เกษตร ภูมิอากาศ ภัยพิบัติ การค้า การเงิน ดิจิทัล ข้อมูล สถิติ ตัวชี้วัด กรอบ ประสานงาน สำนักงาน "
        "ติดตาม ผลลัพธ์ งบประมาณ กองทุน เอกชน ประชาสังคม ย้ายถิ่น จ้างงาน การศึกษา น้ำ พลังงาน เมือง ขนส่ง",
    ),
}  # fmt: skip


@dataclass
class Change:
    """Two versions and the truth: which old paragraph lives on in which new one, and how."""

    old: list[Part]
    new: list[Part]
    truth: set[tuple[str, str]] = field(default_factory=set)
    kinds: dict[tuple[str, str], str] = field(default_factory=dict)


class Author:
    """Writes and edits texts of one language."""

    def __init__(self, language: str, seed: int, *, evenly: bool = True) -> None:
        self.chance, self.evenly = random.Random(seed), evenly
        common, subject = VOCABULARY[language]
        self.common, self.subject = common.split(), subject.split()
        # As in real texts a few words are used often and many seldom.
        self.chance.shuffle(self.subject)
        self.often = [1 / (rank + 4) ** 0.7 for rank in range(len(self.subject))]
        self.glue = "" if language in {"th", "zh"} else " "

    def word(self) -> str:
        if self.chance.random() < 0.38:
            return self.chance.choice(self.common)
        return self.chance.choices(self.subject, self.often)[0]

    def words(self, least: int = 22, most: int = 70) -> list[str]:
        return [self.word() for _ in range(self.chance.randint(least, most))]

    def text(self, words: list[str]) -> str:
        return self.glue.join(words) + "."

    def draft(self, size: int) -> list[list[str]]:
        """Paragraphs as lists of words; every twelfth is short, like a heading."""
        return [self.words(4, 8) if number % 12 == 0 else self.words() for number in range(size)]

    def edited(self, words: list[str], share: float) -> list[str]:
        """The words with `share` of them changed: most replaced, some taken out, some added to.

        Evenly: exactly that share of each text. Otherwise by the toss of a coin for each word: of some texts far more.
        """
        if self.evenly:
            touched = set(self.chance.sample(range(len(words)), round(share * len(words))))
        else:
            touched = {place for place in range(len(words)) if self.chance.random() < share}
        result = []
        for place, word in enumerate(words):
            if place not in touched:
                result.append(word)
                continue
            fate = self.chance.random()
            if fate < 0.85:
                result.append(self.word())
            if fate < 0.15:
                result.append(self.word())
        return result


def revise(
    language: str,
    seed: int,
    size: int,
    share: float,
    *,
    splits: int = 0,
    merges: int = 0,
    moves: int = 0,
    gone: int = 0,
    fresh: int = 0,
    evenly: bool = True,
) -> Change:
    """A draft of `size` paragraphs and its next version: `share` of the words changed, and what else is asked for."""
    author = Author(language, seed, evenly=evenly)
    chance = author.chance
    texts = author.draft(size)
    old = [Part(f"o{number}", author.text(words), kind_of(number)) for number, words in enumerate(texts)]
    body = [number for number in range(size) if kind_of(number) == "text"]
    pairs = [number for number in body if number + 1 in body]
    chance.shuffle(pairs)
    joined: dict[int, int] = {}
    for number in pairs:
        if len(joined) < merges and not {number, number - 1, number + 1} & ({*joined} | {*joined.values()}):
            joined[number] = number + 1
    rest = [number for number in body if number not in joined and number not in joined.values()]
    chance.shuffle(rest)
    cut, lost, moved = set(rest[:splits]), set(rest[splits : splits + gone]), set(rest[splits + gone : splits + gone + moves])
    pieces: list[tuple[list[int], list[str], str]] = []
    for number, words in enumerate(texts):
        if number in lost or number in joined.values():
            continue
        if number in joined:
            both = author.edited(words, share) + author.edited(texts[number + 1], share)
            pieces.append(([number, number + 1], both, "merged"))
        elif number in cut:
            at = chance.randint(len(words) * 2 // 5, len(words) * 3 // 5)
            pieces += [([number], author.edited(part, share), "split") for part in (words[:at], words[at:])]
        else:
            pieces.append(([number], author.edited(words, share), "moved" if number in moved else "edited"))
    for piece in [one for one in pieces if one[2] == "moved"]:
        pieces.remove(piece)
        pieces.insert(_not_into_a_split(pieces, chance.randrange(len(pieces))), piece)
    for _ in range(fresh):
        pieces.insert(_not_into_a_split(pieces, chance.randrange(len(pieces))), ([], author.words(), "new"))
    change = Change(old, [])
    for place, (origins, words, relation) in enumerate(pieces):
        kind = kind_of(origins[0]) if origins else "text"
        change.new.append(Part(f"n{place}", author.text(words), kind))
        for origin in origins:
            change.truth.add((f"o{origin}", f"n{place}"))
            change.kinds[f"o{origin}", f"n{place}"] = relation
    return change


def kind_of(number: int) -> str:
    return "heading" if number % 12 == 0 else "text"


def _not_into_a_split(pieces: list[tuple[list[int], list[str], str]], place: int) -> int:
    while 0 < place < len(pieces) and pieces[place][0] == pieces[place - 1][0]:
        place += 1
    return place
