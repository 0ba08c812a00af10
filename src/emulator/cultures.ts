/** The names and settings of users from one part of the world. */
export interface Culture {
  /** Its share of the users, relative to the others. */
  readonly weight: number;
  readonly locale: string;
  readonly zones: readonly string[];
  readonly givenNames: readonly Name[];
  readonly familyNames: readonly Name[];
  /** Telephone numbers that are reserved for fiction: a prefix, and the number of digits that follow. */
  readonly phone?: { readonly prefix: string; readonly digits: number };
}

/** A name in its own script, and as used in addresses. */
export interface Name {
  readonly written: string;
  readonly latin: string;
}

/** Names in other scripts have their Latin form after a colon. Latin names lose their accents in addresses. */
function names(list: string): readonly Name[] {
  return list.split(' ').map((entry) => {
    const [written = entry, latin = written] = entry.split(':');
    return { written, latin: toAddressPart(latin) };
  });
}

function toAddressPart(name: string): string {
  const spelled = name.toLowerCase().replace(/[łøßıđ]/g, (letter) => spellings[letter] ?? letter);
  return spelled.normalize('NFD').replace(/[^a-z]/g, '');
}

/** Letters that do not decompose into a base letter and an accent. */
const spellings: Readonly<Record<string, string>> = { ł: 'l', ø: 'o', ß: 'ss', ı: 'i', đ: 'd' };

/** The cultures of the demo's users. */
export const cultures: readonly Culture[] = [
  {
    weight: 30,
    locale: 'en-US',
    zones: ['America/New_York', 'America/Chicago', 'America/Denver', 'America/Los_Angeles'],
    givenNames: names(
      'James Mary Robert Patricia John Jennifer Michael Linda David Aisha Malik Olivia Noah Emma',
    ),
    familyNames: names(
      "Smith Johnson Williams Brown Jones Garcia Miller Davis O'Brien Wilson Taylor Nguyen Lee",
    ),
    phone: { prefix: '+120255501', digits: 2 },
  },
  {
    weight: 12,
    locale: 'en-GB',
    zones: ['Europe/London'],
    givenNames: names('Oliver Amelia George Isla Harry Ava Siân Freya Alfie Zoë'),
    familyNames: names('Evans Thomas Roberts Walker Wright Hughes Green Clarke Patel Smith-Jones'),
    phone: { prefix: '+447700900', digits: 3 },
  },
  {
    weight: 9,
    locale: 'de-DE',
    zones: ['Europe/Berlin', 'Europe/Vienna', 'Europe/Zurich'],
    givenNames: names('Jürgen Anna Björn Käthe Lukas Mia Jörg Sabine Felix Grete'),
    familyNames: names('Müller Schmidt Schneider Fischer Weiß Groß Köhler Schäfer Krüger Vogel'),
    phone: { prefix: '+49176040690', digits: 2 },
  },
  {
    weight: 8,
    locale: 'fr-FR',
    zones: ['Europe/Paris'],
    givenNames: names('Élodie François Chloé Hélène Jérôme Léa Noël Océane Théo Maëlle'),
    familyNames: names('Martin Lefèvre Dubois Bénard Laurent Gauthier Garçon Léger Moreau Petit'),
    phone: { prefix: '+3363998', digits: 4 },
  },
  {
    weight: 9,
    locale: 'es-MX',
    zones: ['America/Mexico_City', 'Europe/Madrid', 'America/Bogota'],
    givenNames: names('José María Sofía Andrés Lucía Ángel Inés Martín Belén Raúl'),
    familyNames: names('García Hernández Muñoz Peña Ibáñez López Martínez Núñez Ordóñez Díaz'),
  },
  {
    weight: 7,
    locale: 'pt-BR',
    zones: ['America/Sao_Paulo', 'Europe/Lisbon'],
    givenNames: names('João Conceição Antônio Júlia Luís Vitória Márcia Otávio'),
    familyNames: names('Silva Gonçalves Araújo Conceição Magalhães Simões Falcão Assunção'),
  },
  {
    weight: 4,
    locale: 'pl-PL',
    zones: ['Europe/Warsaw'],
    givenNames: names('Łukasz Małgorzata Paweł Agnieszka Stanisław Żaneta Zbigniew Bożena'),
    familyNames: names('Wójcik Kowalczyk Wiśniewska Dąbrowski Błaszczyk Zając Łuczak Śliwa'),
  },
  {
    weight: 3,
    locale: 'sv-SE',
    zones: ['Europe/Stockholm'],
    givenNames: names('Åsa Göran Märta Björn Linnéa Östen Alva Nils'),
    familyNames: names('Åkesson Sjöberg Lindström Öberg Håkansson Ek Nyström Bergström'),
  },
  {
    weight: 3,
    locale: 'tr-TR',
    zones: ['Europe/Istanbul'],
    givenNames: names('Ayşe Çağla İbrahim Işıl Gökhan Şükrü Özge Emre'),
    familyNames: names('Yılmaz Öztürk Şahin Çelik Güneş Kılıç Demir Aydın'),
  },
  {
    weight: 4,
    locale: 'ru-RU',
    zones: ['Europe/Moscow', 'Asia/Yekaterinburg'],
    givenNames: names('Анна:Anna Дмитрий:Dmitri Екатерина:Ekaterina Алексей:Aleksei Юлия:Yulia Пётр:Pyotr'),
    familyNames: names('Иванов:Ivanov Смирнов:Smirnov Кузнецов:Kuznetsov Соловьёв:Solovyov Щукин:Shchukin'),
  },
  {
    weight: 4,
    locale: 'ja-JP',
    zones: ['Asia/Tokyo'],
    givenNames: names('陽菜:Hina 蓮:Ren 結衣:Yui 大翔:Hiroto 美咲:Misaki さくら:Sakura'),
    familyNames: names('佐藤:Sato 鈴木:Suzuki 高橋:Takahashi 田中:Tanaka 渡辺:Watanabe 齋藤:Saito'),
  },
  {
    weight: 4,
    locale: 'zh-CN',
    zones: ['Asia/Shanghai'],
    givenNames: names('伟:Wei 芳:Fang 秀英:Xiuying 敏:Min 静:Jing 子涵:Zihan'),
    familyNames: names('王:Wang 李:Li 张:Zhang 刘:Liu 陈:Chen 欧阳:Ouyang'),
  },
  {
    weight: 2,
    locale: 'ko-KR',
    zones: ['Asia/Seoul'],
    givenNames: names('민준:Minjun 서연:Seoyeon 지우:Jiwoo 하은:Haeun 도윤:Doyun'),
    familyNames: names('김:Kim 이:Lee 박:Park 최:Choi 정:Jung'),
  },
  {
    weight: 3,
    locale: 'ar-EG',
    zones: ['Africa/Cairo', 'Asia/Riyadh'],
    givenNames: names('محمد:Mohamed فاطمة:Fatima أحمد:Ahmed مريم:Mariam يوسف:Youssef'),
    familyNames: names('حسن:Hassan علي:Ali إبراهيم:Ibrahim منصور:Mansour سليمان:Soliman'),
  },
];
