"""Reads the explaining texts of the data folder as plain text: health questions and answers, textbooks,
pages of the US government, encyclopaedia articles.

Markup and navigation are removed. A sentence of six words or more is kept once in each collection
(`OnceOnly`), for their stock paragraphs would else be seen hundreds of times.
"""

from __future__ import annotations

import re
import tarfile
from pathlib import Path
from xml.etree import ElementTree

import corpora
from corpora import Document

CNXML = "{http://cnx.rice.edu/cnxml}"
SHORTEST = 6  # words: shorter sentences may recur


class OnceOnly:
    """Keeps a sentence the first time that it is shown, whatever its case and punctuation."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def text(self, text: str) -> str:
        """The text without the sentences that this object has been shown before."""
        return tidy("\n".join(map(self.line, text.split("\n"))))

    def line(self, line: str) -> str:
        kept = []
        for sentence in re.split(r"(?<=[.?!])\s+", line):
            key = corpora.near_key(sentence)
            if key.count(" ") + 1 < SHORTEST or key not in self.seen:
                kept.append(sentence)
            self.seen.add(key)
        return " ".join(kept)


def tidy(text: str) -> str:
    """One blank at most between words, one blank line at most between lines."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def members(path: Path, suffix: str) -> list[tuple[str, str]]:
    """(name, text) of the files of a tar with this suffix, by name."""
    with tarfile.open(path) as archive:
        files = [m for m in archive.getmembers() if m.isfile() and m.name.endswith(suffix)]
        return sorted((m.name, archive.extractfile(m).read().decode("utf-8")) for m in files)


# ---------------------------------------------------------------- health

def medical_answers(data: Path) -> list[Document]:
    """MedQuAD (NIH and CDC): a document per page, its questions each followed by the answer.

    Tables of symptom frequencies (Human Phenotype Ontology) have lost their columns and are left out.
    In the source a line break or a run of blanks parts paragraphs and list items.
    """
    once, documents = OnceOnly(), []
    for name, text in members(data / "expl_medquad" / "medquad_xml.tar.xz", ".xml"):
        pieces = []
        for pair in ElementTree.fromstring(text).iter("QAPair"):
            answer = (pair.findtext("Answer") or "").partition("Signs and Symptoms Approximate number")[0]
            answer = re.sub(r"[^.?!]*Human Phenotype Ontology[^.?!]*[.?!]", "", answer)
            answer = once.text("\n".join(re.split(r"\s*\n\s*|\s{3,}", answer.strip())))
            if len(answer.split()) >= 8:
                pieces.append(f"{plain_question(pair.findtext('Question') or '')}\n{answer}")
        if pieces:
            documents.append(Document(f"medical/{name}", "\n\n".join(pieces)))
    return documents


def plain_question(question: str) -> str:
    """'What is (are) Anal Cancer ?' as 'What is Anal Cancer?'."""
    question = re.sub(r"What is \(are\)", "What is", question)
    return re.sub(r"[\s?]+$", "?", " ".join(question.split()))


# ---------------------------------------------------------------- textbooks

def anatomy(data: Path) -> list[Document]:
    """OpenStax Anatomy and Physiology: a document per section, without tables, pictures and formulas."""
    documents = []
    for name, text in members(data / "expl_openstax_anatomy" / "anatomy_cnxml.tar.xz", ".cnxml"):
        root = ElementTree.fromstring(text)
        lines = [root.findtext(f"{CNXML}title") or "", ""]
        for part in ("content", "glossary"):
            for element in root.findall(f"{CNXML}{part}"):
                lines += cnxml_lines(element)
        documents.append(Document(f"anatomy/{name.split('/')[1]}", tidy("\n".join(lines))))
    return documents


def cnxml_lines(element: ElementTree.Element) -> list[str]:
    """The element's paragraphs, titles, captions, list items and definitions, a line each."""
    tag = element.tag.removeprefix(CNXML)
    if tag in ("table", "media", "equation", "metadata") or not element.tag.startswith(CNXML):
        return []
    if tag in ("para", "title", "caption", "item"):
        text = " ".join(words_of(element).split())
        return ["", text] if tag == "title" else [f"- {text}" if tag == "item" else text]
    if tag == "definition":
        return [": ".join(" ".join(words_of(child).split()) for child in element)]
    return [line for child in element for line in cnxml_lines(child)]


def words_of(element: ElementTree.Element) -> str:
    """The element's text with that of inline elements; of formulas and references only what follows them."""
    inline = element.tag.startswith(CNXML) and element.tag.removeprefix(CNXML) not in ("media", "figure", "table", "equation")
    own = (element.text or "") + "".join(words_of(child) + (child.tail or "") for child in element) if inline else ""
    return re.sub(r"\s*\(\s*\)", "", own)  # a reference to a picture leaves empty brackets


def economics(data: Path) -> list[Document]:
    """OpenStax Principles of Economics: a document per section."""
    pages = members(data / "expl_openstax_economics" / "economics_md.tar.xz", ".md")
    return [
        Document(f"economics/{name.rpartition('/')[2]}", plain_markdown(text))
        for name, text in pages if name.startswith("contents/")
    ]


# ---------------------------------------------------------------- government

def government(data: Path) -> list[Document]:
    """Pages of plainlanguage.gov (without its reprinted articles) and VA.gov, a document each."""
    once, documents = OnceOnly(), []
    pages = members(data / "expl_plainlanguage" / "plainlanguage_pages_md.tar.xz", ".md")
    pages = [page for page in pages if not page[0].startswith("_pages/resources/articles")]
    pages += reversed(members(data / "expl_vagov" / "vagov_pages_md.tar.xz", ".md"))  # va-gov/ is newer than content/
    for name, text in pages:
        whole = plain_markdown(text)
        body = once.text(whole)
        if len(body.split()) >= max(40, len(whole.split()) / 2):  # else the page is a scrap of another one
            documents.append(Document(f"government/{name}", body))
    return documents


def plain_markdown(text: str) -> str:
    """Markdown as the text that a reader sees; the title of the front matter becomes the first line."""
    front, title = re.match(r"---\n(.*?)\n---\s*\n", text, re.S), ""
    if front:
        text = text[front.end() :]
        found = re.search(r"^title:\s*[\"']?(.*?)[\"']?\s*$", front[1], re.M)
        title = found[1] if found else ""
    text = re.sub(r"<!--.*?-->|<(script|style|table|svg|math)\b.*?</\1>|\$\$.*?\$\$", " ", text, flags=re.S)
    text = re.sub(r"^\s*\{?:?\s*(class|id|title|data-type)=.*$|<!--.*?-->", "", text, flags=re.M)
    text = re.sub(r"\s*\(?[Ss]ee \[\\\[link\\\]\]\([^)]*\)\)?|\[\\\[link\\\]\]\([^)]*\)", "", text)
    text = re.sub(r"</?(div|p|br|li|ul|ol|h\d|section|tr|td)\b[^>]*>", "\n", text)
    text = re.sub(r"<[^>]{1,400}>", "", text)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{[:#][^}]*\}", "", text, flags=re.S)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)(\{[^}]*\})?", r"\1", text)
    text = re.sub(r"\[([^\]]*)\]\[\d+\]|^\s*\[\d+\]: .*$", r"\1", text, flags=re.M)
    text = re.sub(r"\\([\[\]$*_#])", r"\1", text)
    text = re.sub(r"^\s*(#+|>)\s*", "", text, flags=re.M)
    text = re.sub(r"^\s*[*+] +", "- ", text, flags=re.M)
    text = re.sub(r"^\s*\|.*$|^\s*([-*_=]\s*){3,}$", "", text, flags=re.M)
    text = re.sub(r"(\*\*|__|\*|`)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    text = re.sub(r"&nbsp;|&#160;", " ", text)
    return tidy(f"{title}\n\n{text}")


# ---------------------------------------------------------------- encyclopaedia

def encyclopaedia(data: Path) -> list[Document]:
    """Thirty Wikipedia articles, their headings and paragraphs parted again where the source has run them together."""
    articles = corpora.read_text(data / "formats_llamafactory" / "wiki_demo.txt.gz").split("\n")
    return [
        Document(f"encyclopaedia/{i}", re.sub(r"(?<=[a-z)\]\"][.!?])(?=[A-Z])", "\n", article))
        for i, article in enumerate(articles) if article.strip()
    ]


def subject(article: str) -> str:
    """What an encyclopaedia article is about: its first words up to the verb or a bracket."""
    return re.split(r" (?:is|was|are|were|\()|,", article.removeprefix("The "), maxsplit=1)[0][:60].strip()
